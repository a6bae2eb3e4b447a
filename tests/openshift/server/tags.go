package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	imagev1 "github.com/openshift/api/image/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// An ImageStreamTag is no object of its own: it is a part of an ImageStream, whose version and UID it has
// (openshift-apiserver: pkg/image/apiserver/registry/imagestreamtag/rest.go).

const internalRegistry = "image-registry.openshift-image-registry.svc:5000"

var streams = func() *resource { return resources["image.openshift.io/imagestreams"] }

func (a *api) serveTag(wanted *request, contentType string) (int, any, error) {
	switch wanted.verb {
	case "get":
		found, err := a.tag(wanted, false)
		return http.StatusOK, found, err
	case "list":
		items := []object{}
		for _, stream := range a.store.all(streams(), wanted.namespace) {
			for _, name := range tagNames(stream) {
				if item := tagOf(stream, name); item != nil {
					items = append(items, item)
				}
			}
		}
		return a.list(wanted, items)
	case "delete":
		return a.deleteTag(wanted)
	case "create":
		made, err := wanted.resource.decode(wanted.body)
		if err != nil {
			return 0, nil, err
		}
		wanted.name = made.text("metadata", "name")
		return a.writeTag(wanted, made, true)
	case "update", "patch":
		current, err := a.tag(wanted, true)
		if err != nil {
			return 0, nil, err
		}
		desired, err := changed(wanted, current, contentType)
		if err != nil {
			return 0, nil, err
		}
		return a.writeTag(wanted, desired, false)
	}
	return 0, nil, apierrors.NewMethodNotSupported(wanted.resource.groupResource(), wanted.verb)
}

func splitTag(name string) (string, string, error) {
	stream, tag, is := strings.Cut(name, ":")
	if !is || stream == "" || tag == "" || strings.Contains(tag, ":") {
		return "", "", apierrors.NewBadRequest("imageStreamTags must be retrieved with <name>:<tag>")
	}
	return stream, tag, nil
}

// tag is what GET answers; `isEmptyAllowed` as in an update, which takes the parts that are there.
func (a *api) tag(wanted *request, isEmptyAllowed bool) (object, error) {
	name, tag, err := splitTag(wanted.name)
	if err != nil {
		return nil, err
	}
	stream, is := a.store.find(streams(), wanted.namespace, name)
	if !is && !isEmptyAllowed {
		return nil, apierrors.NewNotFound(streams().groupResource(), name)
	}
	if found := tagOf(stream, tag); found != nil && (isEmptyAllowed || found.text("image", "metadata", "name") != "") {
		return found, nil
	}
	if !isEmptyAllowed {
		return nil, apierrors.NewNotFound(wanted.resource.groupResource(), wanted.name)
	}
	empty := imagev1.ImageStreamTag{}
	made := plain(empty)
	made["apiVersion"], made["kind"] = "image.openshift.io/v1", "ImageStreamTag"
	about := made.metadata()
	about["name"], about["namespace"] = wanted.name, wanted.namespace
	if is {
		about["resourceVersion"], about["uid"] = stream.text("metadata", "resourceVersion"), stream.text("metadata", "uid")
	}
	return made, nil
}

func typedStream(stream object) *imagev1.ImageStream {
	typed := &imagev1.ImageStream{}
	into(stream, typed)
	return typed
}

func specTag(stream *imagev1.ImageStream, name string) *imagev1.TagReference {
	for at := range stream.Spec.Tags {
		if stream.Spec.Tags[at].Name == name {
			return &stream.Spec.Tags[at]
		}
	}
	return nil
}

func statusTag(stream *imagev1.ImageStream, name string) *imagev1.NamedTagEventList {
	for at := range stream.Status.Tags {
		if stream.Status.Tags[at].Tag == name {
			return &stream.Status.Tags[at]
		}
	}
	return nil
}

func tagNames(stream object) []string {
	typed := typedStream(stream)
	var names []string
	for _, one := range typed.Spec.Tags {
		names = append(names, one.Name)
	}
	for _, one := range typed.Status.Tags {
		if !slices.Contains(names, one.Tag) {
			names = append(names, one.Tag)
		}
	}
	return names
}

// tagOf is a tag of a stream; nil if the stream has none of the name.
func tagOf(stream object, name string) object {
	typed := typedStream(stream)
	spec, status := specTag(typed, name), statusTag(typed, name)
	if spec == nil && status == nil {
		return nil
	}
	made := imagev1.ImageStreamTag{Tag: spec, LookupPolicy: typed.Spec.LookupPolicy}
	made.APIVersion, made.Kind = "image.openshift.io/v1", "ImageStreamTag"
	made.Name, made.Namespace = typed.Name+":"+name, typed.Namespace
	made.ResourceVersion, made.UID = typed.ResourceVersion, typed.UID
	made.CreationTimestamp, made.Labels = typed.CreationTimestamp, typed.Labels
	if spec != nil {
		made.Annotations = spec.Annotations
	}
	if status != nil {
		made.Conditions = status.Conditions
		if len(status.Items) > 0 {
			latest := status.Items[0]
			made.Generation, made.CreationTimestamp = latest.Generation, latest.Created
			made.Image.Name, made.Image.DockerImageReference = latest.Image, latest.DockerImageReference
			if spec != nil && spec.ReferencePolicy.Type == imagev1.LocalTagReferencePolicy {
				made.Image.DockerImageReference = fmt.Sprintf("%s/%s/%s@%s", internalRegistry, typed.Namespace, typed.Name, latest.Image)
			}
		}
	}
	return plain(made)
}

func (a *api) writeTag(wanted *request, desired object, isNew bool) (int, any, error) {
	name, tag, err := splitTag(wanted.name)
	if err != nil {
		return 0, nil, err
	}
	typed := &imagev1.ImageStreamTag{}
	into(desired, typed)
	if typed.Name != wanted.name {
		return 0, nil, apierrors.NewBadRequest("the name of the object does not match the name on the URL")
	}
	if problems := problemsOf(typed); len(problems) > 0 {
		return 0, nil, apierrors.NewInvalid(wanted.resource.groupKind(), wanted.name, problems)
	}
	found, exists := a.store.find(streams(), wanted.namespace, name)
	stream := typedStream(found)
	if !exists {
		if typed.ResourceVersion != "" {
			return 0, nil, apierrors.NewNotFound(wanted.resource.groupResource(), wanted.name)
		}
		stream.APIVersion, stream.Kind, stream.Name = "image.openshift.io/v1", "ImageStream", name
	}
	if typed.ResourceVersion != "" && typed.ResourceVersion != stream.ResourceVersion {
		why := fmt.Errorf("another caller has updated the resource version to %s", stream.ResourceVersion)
		return 0, nil, apierrors.NewConflict(wanted.resource.groupResource(), wanted.name, why)
	}
	before := specTag(stream, tag)
	if isNew && before != nil {
		return 0, nil, apierrors.NewAlreadyExists(wanted.resource.groupResource(), wanted.name)
	}
	if before == nil && typed.Tag == nil {
		why := fmt.Sprintf("imagestreamtag %s is not a spec tag in imagestream %s/%s, cannot be updated", tag, wanted.namespace, name)
		return 0, nil, apierrors.NewBadRequest(why)
	}
	isCreated := before == nil
	reference := imagev1.TagReference{}
	if before != nil {
		reference = *before
	}
	if typed.Tag != nil {
		reference = *typed.Tag
		reference.Name = tag
	}
	reference.Annotations = typed.Annotations
	withDefaults(&reference)
	isAgain := typed.Tag != nil && typed.Tag.Generation != nil && *typed.Tag.Generation == 0
	isSame := before != nil && !isAgain && sameSource(*before, reference)
	if isSame {
		reference.Generation = before.Generation
	} else {
		generation := stream.Generation + 1
		reference.Generation = &generation
	}
	if before != nil {
		*before = reference
	} else {
		stream.Spec.Tags = append(stream.Spec.Tags, reference)
	}
	stored, err := a.storeStream(wanted, stream, exists)
	if err != nil {
		return 0, nil, err
	}
	answer := tagOf(stored, tag)
	if !wanted.isDryRun() && !isSame {
		go a.importTag(wanted.namespace, name, tag)
	}
	if isCreated {
		return http.StatusCreated, answer, nil
	}
	return http.StatusOK, answer, nil
}

// sameSource tells whether a tag is not imported again: other policies alone are no reason
// (openshift-apiserver: pkg/image/apiserver/registry/imagestream/strategy.go, tagRefChanged).
func sameSource(one, other imagev1.TagReference) bool {
	return one.From != nil && other.From != nil && *one.From == *other.From && one.Reference == other.Reference &&
		one.ImportPolicy.ImportMode == other.ImportPolicy.ImportMode
}

func withDefaults(reference *imagev1.TagReference) {
	if reference.ReferencePolicy.Type == "" {
		reference.ReferencePolicy.Type = imagev1.SourceTagReferencePolicy
	}
	if reference.ImportPolicy.ImportMode == "" {
		reference.ImportPolicy.ImportMode = imagev1.ImportModeLegacy
	}
}

func problemsOf(tag *imagev1.ImageStreamTag) field.ErrorList {
	if tag.Tag == nil {
		return nil
	}
	return referenceProblems(tag.Tag.From.Kind, tag.Tag.From.Name, tag.Tag.ImportPolicy, tag.Tag.ReferencePolicy, field.NewPath("tag"))
}

func referenceProblems(
	kind, name string, importing imagev1.TagImportPolicy, referring imagev1.TagReferencePolicy, at *field.Path,
) field.ErrorList {
	var found field.ErrorList
	if !slices.Contains([]string{"DockerImage", "ImageStreamTag", "ImageStreamImage"}, kind) {
		found = append(found, field.NotSupported(at.Child("from", "kind"), kind, []string{"DockerImage", "ImageStreamImage", "ImageStreamTag"}))
	}
	if name == "" {
		found = append(found, field.Required(at.Child("from", "name"), ""))
	}
	if !slices.Contains([]imagev1.TagReferencePolicyType{"", "Source", "Local"}, referring.Type) {
		found = append(found, field.NotSupported(at.Child("referencePolicy", "type"), referring.Type, []string{"Local", "Source"}))
	}
	if !slices.Contains([]imagev1.ImportModeType{"", "Legacy", "PreserveOriginal"}, importing.ImportMode) {
		found = append(found, field.NotSupported(at.Child("importPolicy", "importMode"), importing.ImportMode, []string{"Legacy", "PreserveOriginal"}))
	}
	return found
}

func (a *api) storeStream(wanted *request, stream *imagev1.ImageStream, exists bool) (object, error) {
	stream.Status.DockerImageRepository = fmt.Sprintf("%s/%s/%s", internalRegistry, wanted.namespace, stream.Name)
	inStreams := *wanted
	inStreams.resource = streams()
	if exists {
		return a.store.replace(&inStreams, plain(stream))
	}
	return a.store.create(&inStreams, plain(stream))
}

func (a *api) deleteTag(wanted *request) (int, any, error) {
	name, tag, err := splitTag(wanted.name)
	if err != nil {
		return 0, nil, err
	}
	found, is := a.store.find(streams(), wanted.namespace, name)
	if !is {
		return 0, nil, apierrors.NewNotFound(streams().groupResource(), name)
	}
	stream := typedStream(found)
	if specTag(stream, tag) == nil && statusTag(stream, tag) == nil {
		return 0, nil, apierrors.NewNotFound(wanted.resource.groupResource(), wanted.name)
	}
	stream.Spec.Tags = slices.DeleteFunc(stream.Spec.Tags, func(one imagev1.TagReference) bool { return one.Name == tag })
	stream.Status.Tags = slices.DeleteFunc(stream.Status.Tags, func(one imagev1.NamedTagEventList) bool { return one.Tag == tag })
	if _, err := a.storeStream(wanted, stream, true); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{"kind": "Status", "apiVersion": "v1", "status": "Success"}, nil
}
