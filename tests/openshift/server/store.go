package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"crypto/rand"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// An object is one as JSON.
type object map[string]any

func plain(value any) object {
	content, err := json.Marshal(value)
	orDie(err)
	var made object
	orDie(json.Unmarshal(content, &made))
	return made
}

func (o object) at(path ...string) any {
	var value any = map[string]any(o)
	for _, key := range path {
		inner, is := value.(map[string]any)
		if !is {
			return nil
		}
		value = inner[key]
	}
	return value
}

func (o object) text(path ...string) string {
	found, _ := o.at(path...).(string)
	return found
}

func (o object) labels() labels.Set {
	found := labels.Set{}
	given, _ := o.at("metadata", "labels").(map[string]any)
	for key, value := range given {
		found[key], _ = value.(string)
	}
	return found
}

func (o object) metadata() map[string]any {
	found, is := o["metadata"].(map[string]any)
	if !is {
		found = map[string]any{}
		o["metadata"] = found
	}
	return found
}

// merged applies a JSON merge patch (RFC 7386).
func merged(base, patch map[string]any) object {
	result := object{}
	for key, value := range base {
		result[key] = value
	}
	for key, value := range patch {
		inner, isMap := value.(map[string]any)
		switch {
		case value == nil:
			delete(result, key)
		case isMap:
			before, _ := result[key].(map[string]any)
			result[key] = map[string]any(merged(before, inner))
		default:
			result[key] = value
		}
	}
	return result
}

// A store has all objects, by resource, namespace and name.
type store struct {
	mutex   sync.Mutex
	counter int
	objects map[string]object
}

func newStore() *store { return &store{objects: map[string]object{}} }

func keyOf(r *resource, namespace, name string) string {
	return r.group + "/" + r.plural + "/" + namespace + "/" + name
}

func (s *store) version() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return strconv.Itoa(s.counter + 1)
}

func (s *store) find(r *resource, namespace, name string) (object, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	found, is := s.objects[keyOf(r, namespace, name)]
	return found, is
}

func (s *store) get(wanted *request) (object, error) {
	found, is := s.find(wanted.resource, wanted.namespace, wanted.name)
	if !is {
		return nil, apierrors.NewNotFound(wanted.resource.groupResource(), wanted.name)
	}
	return found, nil
}

func (s *store) all(r *resource, namespace string) []object {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	prefix := r.group + "/" + r.plural + "/"
	if namespace != "" {
		prefix += namespace + "/"
	}
	var keys []string
	for key := range s.objects {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var found []object
	for _, key := range keys {
		found = append(found, s.objects[key])
	}
	return found
}

func (s *store) create(wanted *request, made object) (object, error) {
	name := made.text("metadata", "name")
	if name == "" {
		return nil, apierrors.NewBadRequest("name is required")
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key := keyOf(wanted.resource, wanted.namespace, name)
	if _, is := s.objects[key]; is {
		return nil, apierrors.NewAlreadyExists(wanted.resource.groupResource(), name)
	}
	about := made.metadata()
	about["namespace"], about["uid"] = wanted.namespace, rand.Text()
	about["creationTimestamp"], about["generation"] = now(), 1
	return s.keep(wanted, key, object{}, made), nil
}

// replace stores an object over the present one, if the version that it has, if any, is that of the present one.
func (s *store) replace(wanted *request, desired object) (object, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	name := desired.text("metadata", "name")
	key := keyOf(wanted.resource, wanted.namespace, name)
	current, is := s.objects[key]
	if !is {
		return nil, apierrors.NewNotFound(wanted.resource.groupResource(), name)
	}
	if seen := desired.text("metadata", "resourceVersion"); seen != "" && seen != current.text("metadata", "resourceVersion") {
		why := errors.New("the object has been modified; please apply your changes to the latest version and try again")
		return nil, apierrors.NewConflict(wanted.resource.groupResource(), name, why)
	}
	about := desired.metadata()
	for _, field := range []string{"uid", "creationTimestamp", "generation", "namespace"} {
		about[field] = current.at("metadata", field)
	}
	if !reflect.DeepEqual(current["spec"], desired["spec"]) {
		generation, _ := current.at("metadata", "generation").(float64)
		about["generation"] = int(generation) + 1
	}
	return s.keep(wanted, key, current, desired), nil
}

// keep stores a new version, unless it is a dry run; the caller has the lock.
func (s *store) keep(wanted *request, key string, before, after object) object {
	recordManager(wanted.manager, before, after)
	after = plain(after)
	after.metadata()["resourceVersion"] = strconv.Itoa(s.counter + 1)
	if !wanted.isDryRun() {
		s.counter++
		s.objects[key] = after
	}
	return after
}

func (s *store) delete(wanted *request) (int, any, error) {
	var options metav1.DeleteOptions
	if len(wanted.body) > 0 {
		if err := json.Unmarshal(wanted.body, &options); err != nil {
			return 0, nil, apierrors.NewBadRequest(err.Error())
		}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key := keyOf(wanted.resource, wanted.namespace, wanted.name)
	current, is := s.objects[key]
	if !is {
		return 0, nil, apierrors.NewNotFound(wanted.resource.groupResource(), wanted.name)
	}
	if pre := options.Preconditions; pre != nil {
		isOther := pre.UID != nil && string(*pre.UID) != current.text("metadata", "uid")
		isLater := pre.ResourceVersion != nil && *pre.ResourceVersion != current.text("metadata", "resourceVersion")
		if isOther || isLater {
			return 0, nil, apierrors.NewConflict(wanted.resource.groupResource(), wanted.name, errors.New("the precondition was not met"))
		}
	}
	if !wanted.isDryRun() && len(options.DryRun) == 0 {
		delete(s.objects, key)
	}
	status := metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusSuccess}
	return http.StatusOK, status, nil
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }

// recordManager notes who wrote the fields that differ, as the API server does in metadata.managedFields.
func recordManager(manager string, before, after object) {
	written := map[string]any{}
	for _, part := range []string{"spec", "metadata"} {
		was, _ := before[part].(map[string]any)
		is, _ := after[part].(map[string]any)
		if part == "metadata" {
			was, is = only(was, "labels", "annotations"), only(is, "labels", "annotations")
		}
		if found := differing(was, is); len(found) > 0 {
			written["f:"+part] = found
		}
	}
	entries, _ := before.at("metadata", "managedFields").([]any)
	if given, is := after.at("metadata", "managedFields").([]any); is && len(before) == 0 {
		entries = given
	}
	if len(written) > 0 && len(before) > 0 || len(entries) == 0 {
		var kept []any
		own := written
		for _, entry := range entries {
			one, _ := entry.(map[string]any)
			fields, _ := one["fieldsV1"].(map[string]any)
			if one["manager"] == manager && one["operation"] == "Update" {
				own = united(fields, written)
				continue
			}
			if left := without(fields, written); len(left) > 0 {
				kept = append(kept, object{"manager": one["manager"], "operation": one["operation"], "apiVersion": one["apiVersion"], "time": one["time"], "fieldsType": "FieldsV1", "fieldsV1": left})
			}
		}
		entries = append(kept, object{"manager": manager, "operation": "Update", "apiVersion": after["apiVersion"], "time": now(), "fieldsType": "FieldsV1", "fieldsV1": own})
	}
	after.metadata()["managedFields"] = entries
}

func only(from map[string]any, keys ...string) map[string]any {
	kept := map[string]any{}
	for _, key := range keys {
		if value, is := from[key]; is {
			kept[key] = value
		}
	}
	return kept
}

// differing are the fields of a mapping that are new or changed; a list counts as one value.
func differing(was, is map[string]any) map[string]any {
	found := map[string]any{}
	for key, value := range is {
		inner, isMap := value.(map[string]any)
		before, wasMap := was[key].(map[string]any)
		if isMap && len(inner) > 0 && (wasMap || was[key] == nil) {
			if deeper := differing(before, inner); len(deeper) > 0 {
				found["f:"+key] = deeper
			}
		} else if !reflect.DeepEqual(was[key], value) {
			found["f:"+key] = map[string]any{}
		}
	}
	return found
}

func united(one, other map[string]any) map[string]any { return merged(one, other) }

// without are the fields that are not among others; a parent of others keeps the rest of its own.
func without(from, others map[string]any) map[string]any {
	left := map[string]any{}
	for key, value := range from {
		other, is := others[key].(map[string]any)
		inner, _ := value.(map[string]any)
		if !is {
			left[key] = value
		} else if deeper := without(inner, other); len(deeper) > 0 {
			left[key] = deeper
		}
	}
	return left
}
