package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

// A request is one for objects, as its path says.
type request struct {
	access
	resource *resource
	query    map[string][]string
	body     []byte
	manager  string
}

func (r *request) isDryRun() bool { return slices.Contains(r.query["dryRun"], "All") }

func (r *request) parameter(name string) string {
	if values := r.query[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// An api serves the resources of both groups.
type api struct {
	place *cluster
	store *store
}

func newAPI(place *cluster) http.Handler { return &api{place: place, store: newStore()} }

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept"), "apidiscovery.k8s.io") && r.URL.Path == "/apis" {
		w.WriteHeader(http.StatusNotAcceptable) // the aggregator then asks as of old
		return
	}
	if answer, is := discovery(r.URL.Path); is {
		respond(w, http.StatusOK, answer)
		return
	}
	status, answer, err := a.handle(r)
	if err != nil {
		refuse(w, err)
		return
	}
	respond(w, status, answer)
}

func (a *api) handle(r *http.Request) (int, any, error) {
	wanted, err := parse(r)
	if err != nil {
		return 0, nil, err
	}
	allowed, err := a.place.allows(r.Header, wanted.access)
	if err != nil {
		return 0, nil, apierrors.NewInternalError(err)
	}
	if !allowed {
		why := forbidden(r.Header.Get("X-Remote-User"), wanted.access)
		return 0, nil, apierrors.NewForbidden(wanted.resource.groupResource(), wanted.name, errors.New(why))
	}
	if wanted.body, err = io.ReadAll(r.Body); err != nil {
		return 0, nil, apierrors.NewBadRequest(err.Error())
	}
	return a.serve(wanted, r.Header.Get("Content-Type"))
}

func (a *api) serve(wanted *request, contentType string) (int, any, error) {
	if wanted.resource.plural == "imagestreamimports" {
		return a.createImport(wanted)
	}
	if wanted.resource.plural == "imagestreamtags" {
		return a.serveTag(wanted, contentType)
	}
	switch wanted.verb {
	case "get":
		found, err := a.store.get(wanted)
		return http.StatusOK, found, err
	case "list":
		return a.list(wanted, a.store.all(wanted.resource, wanted.namespace))
	case "create":
		made, err := wanted.resource.decode(wanted.body)
		if err != nil {
			return 0, nil, err
		}
		stored, err := a.store.create(wanted, made)
		return http.StatusCreated, stored, err
	case "update", "patch":
		current, err := a.store.get(wanted)
		if err != nil {
			return 0, nil, err
		}
		desired, err := changed(wanted, current, contentType)
		if err != nil {
			return 0, nil, err
		}
		stored, err := a.store.replace(wanted, desired)
		return http.StatusOK, stored, err
	case "delete":
		return a.store.delete(wanted)
	}
	return 0, nil, apierrors.NewMethodNotSupported(wanted.resource.groupResource(), wanted.verb)
}

// changed is the object of a PUT, or a JSON merge patch applied to the present one; it decodes strictly.
func changed(wanted *request, current object, contentType string) (object, error) {
	if wanted.verb == "update" {
		return wanted.resource.decode(wanted.body)
	}
	if !strings.HasPrefix(contentType, "application/merge-patch+json") {
		return nil, apierrors.NewBadRequest("the stand-in takes JSON merge patches only")
	}
	var patch object
	if err := json.Unmarshal(wanted.body, &patch); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	content, err := json.Marshal(merged(current, patch))
	if err != nil {
		return nil, err
	}
	return wanted.resource.decode(content)
}

func (a *api) list(wanted *request, items []object) (int, any, error) {
	byLabel, err := labels.Parse(wanted.parameter("labelSelector"))
	if err != nil {
		return 0, nil, apierrors.NewBadRequest(err.Error())
	}
	byField, err := fields.ParseSelector(wanted.parameter("fieldSelector"))
	if err != nil {
		return 0, nil, apierrors.NewBadRequest(err.Error())
	}
	kept := []object{}
	for _, item := range items {
		place := fields.Set{"metadata.name": item.text("metadata", "name"), "metadata.namespace": item.text("metadata", "namespace")}
		if byLabel.Matches(item.labels()) && byField.Matches(place) {
			kept = append(kept, item)
		}
	}
	return http.StatusOK, object{
		"apiVersion": wanted.resource.group + "/v1", "kind": wanted.resource.kind + "List",
		"metadata": object{"resourceVersion": a.store.version()}, "items": kept,
	}, nil
}

var verbs = map[string]string{"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}

// parse reads /apis/GROUP/v1[/namespaces/NS]/RESOURCE[/NAME[/SUBRESOURCE]].
func parse(r *http.Request) (*request, error) {
	words := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(words) < 4 || words[0] != "apis" || words[2] != "v1" {
		return nil, apierrors.NewGenericServerResponse(http.StatusNotFound, r.Method, resourceOf(""), "", "no such path", 0, false)
	}
	wanted := &request{access: access{group: words[1]}, query: r.URL.Query(), manager: r.URL.Query().Get("fieldManager")}
	rest := words[3:]
	if rest[0] == "namespaces" && len(rest) > 2 {
		wanted.namespace, rest = rest[1], rest[2:]
	}
	wanted.access.resource = rest[0]
	if len(rest) > 1 {
		wanted.name = rest[1]
	}
	if len(rest) > 2 {
		wanted.subresource = rest[2]
	}
	wanted.resource = resources[wanted.group+"/"+wanted.access.resource]
	if wanted.resource == nil || wanted.subresource != "" {
		return nil, apierrors.NewGenericServerResponse(http.StatusNotFound, r.Method, resourceOf(""), "", "the server could not find the requested resource", 0, false)
	}
	wanted.verb = verbs[r.Method]
	if wanted.verb == "" {
		wanted.verb = "get"
		if wanted.name == "" {
			wanted.verb = "list"
		}
	}
	if wanted.manager == "" {
		wanted.manager, _, _ = strings.Cut(r.Header.Get("User-Agent"), "/")
	}
	return wanted, nil
}

func respond(w http.ResponseWriter, status int, answer any) {
	content, err := json.Marshal(answer)
	if err != nil {
		refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(content)
}

func refuse(w http.ResponseWriter, err error) {
	var known apierrors.APIStatus
	if !errors.As(err, &known) {
		known = apierrors.NewInternalError(err)
	}
	status := known.Status()
	status.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
	respond(w, int(status.Code), status)
}
