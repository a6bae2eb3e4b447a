package main

import (
	"fmt"
	"reflect"
	"strings"

	buildv1 "github.com/openshift/api/build/v1"
	imagev1 "github.com/openshift/api/image/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "sigs.k8s.io/json"
)

// A resource is a kind, with its type in github.com/openshift/api.
type resource struct {
	group, plural, kind string
	verbs               []string
	typed               reflect.Type
}

var every = []string{"create", "delete", "get", "list", "patch", "update"}

var resources = map[string]*resource{}

func init() {
	for _, one := range []*resource{
		{"image.openshift.io", "imagestreams", "ImageStream", every, reflect.TypeFor[imagev1.ImageStream]()},
		{"image.openshift.io", "imagestreamtags", "ImageStreamTag", every, reflect.TypeFor[imagev1.ImageStreamTag]()},
		{"image.openshift.io", "imagestreamimports", "ImageStreamImport", []string{"create"}, reflect.TypeFor[imagev1.ImageStreamImport]()},
		{"build.openshift.io", "buildconfigs", "BuildConfig", every, reflect.TypeFor[buildv1.BuildConfig]()},
	} {
		resources[one.group+"/"+one.plural] = one
	}
}

func (r *resource) groupResource() schema.GroupResource {
	return schema.GroupResource{Group: r.group, Resource: r.plural}
}

func (r *resource) groupKind() schema.GroupKind {
	return schema.GroupKind{Group: r.group, Kind: r.kind}
}

func resourceOf(name string) schema.GroupResource { return schema.GroupResource{Resource: name} }

// decode takes what decodes into the type without a field that is unknown or there twice, and of this kind.
func (r *resource) decode(content []byte) (object, error) {
	typed := reflect.New(r.typed).Interface()
	strict, err := kjson.UnmarshalStrict(content, typed)
	if err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version \"v1\" cannot be handled as a %s: %v", r.kind, r.kind, err))
	}
	if len(strict) > 0 {
		var words []string
		for _, one := range strict {
			words = append(words, one.Error())
		}
		return nil, apierrors.NewBadRequest("strict decoding error: " + strings.Join(words, ", "))
	}
	made := plain(typed)
	if made["kind"] != r.kind || made["apiVersion"] != r.group+"/v1" {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("the object provided is unrecognized (must be of type %s)", r.kind))
	}
	return made, nil
}

func forbidden(user string, wanted access) string {
	what := wanted.what()
	return fmt.Sprintf("User %q cannot %s resource %q in API group %q in the namespace %q", user, wanted.verb, what, wanted.group, wanted.namespace)
}

func (a access) what() string {
	if a.subresource != "" {
		return a.resource + "/" + a.subresource
	}
	return a.resource
}

// discovery is what the server says of itself at a path; false for a path of objects.
func discovery(path string) (any, bool) {
	groups := []metav1.APIGroup{apiGroup("image.openshift.io"), apiGroup("build.openshift.io")}
	if path == "/apis" || path == "/apis/" {
		return metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}, Groups: groups}, true
	}
	for _, group := range groups {
		if path == "/apis/"+group.Name {
			return group, true
		}
		if path == "/apis/"+group.Name+"/v1" {
			list := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: group.Name + "/v1"}
			for _, one := range resources {
				if one.group == group.Name {
					list.APIResources = append(list.APIResources, metav1.APIResource{
						Name: one.plural, SingularName: strings.ToLower(one.kind), Namespaced: true, Kind: one.kind, Verbs: one.verbs,
					})
				}
			}
			return list, true
		}
	}
	return nil, false
}

func apiGroup(name string) metav1.APIGroup {
	version := metav1.GroupVersionForDiscovery{GroupVersion: name + "/v1", Version: "v1"}
	return metav1.APIGroup{
		TypeMeta: metav1.TypeMeta{Kind: "APIGroup", APIVersion: "v1"}, Name: name,
		Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version,
	}
}
