package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	imagev1 "github.com/openshift/api/image/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func into(from object, typed any) {
	content, err := json.Marshal(from)
	orDie(err)
	orDie(json.Unmarshal(content, typed))
}

// createImport asks the registry for each image, with all pull secrets of the namespace; with import: true it is stored
// (openshift-apiserver: pkg/image/apiserver/registry/imagestreamimport/rest.go).
func (a *api) createImport(wanted *request) (int, any, error) {
	if wanted.verb != "create" {
		return 0, nil, apierrors.NewMethodNotSupported(wanted.resource.groupResource(), wanted.verb)
	}
	made, err := wanted.resource.decode(wanted.body)
	if err != nil {
		return 0, nil, err
	}
	typed := &imagev1.ImageStreamImport{}
	into(made, typed)
	if problems := importProblems(typed); len(problems) > 0 {
		return 0, nil, apierrors.NewInvalid(wanted.resource.groupKind(), typed.Name, problems)
	}
	typed.Namespace = wanted.namespace
	typed.CreationTimestamp = metav1.Now()
	typed.Status = imagev1.ImageStreamImportStatus{}
	for _, image := range typed.Spec.Images {
		found, err := a.ask(wanted.namespace, image.From.Name, image.ImportPolicy.Insecure)
		result := imagev1.ImageImportStatus{Status: statusOf(err)}
		if image.To != nil {
			result.Tag = image.To.Name
		}
		if err == nil {
			result.Image = found
		}
		typed.Status.Images = append(typed.Status.Images, result)
		if !typed.Spec.Import || wanted.isDryRun() || image.To == nil {
			continue
		}
		reference := imagev1.TagReference{
			Name: image.To.Name, From: &corev1.ObjectReference{Kind: "DockerImage", Name: image.From.Name},
			ImportPolicy: image.ImportPolicy, ReferencePolicy: image.ReferencePolicy,
		}
		if err := a.storeImport(wanted.namespace, typed.Name, &reference, found, err); err != nil {
			return 0, nil, err
		}
	}
	if stream, is := a.store.find(streams(), wanted.namespace, typed.Name); is {
		typed.Status.Import = typedStream(stream)
	}
	return http.StatusCreated, plain(typed), nil
}

func importProblems(wanted *imagev1.ImageStreamImport) field.ErrorList {
	if wanted.Name == "" {
		return field.ErrorList{field.Required(field.NewPath("metadata", "name"), "")}
	}
	if len(wanted.Spec.Images) == 0 && wanted.Spec.Repository == nil {
		return field.ErrorList{field.Required(field.NewPath("spec"), "you must specify at least one of images or repository")}
	}
	var found field.ErrorList
	for at, image := range wanted.Spec.Images {
		path := field.NewPath("spec", "images").Index(at)
		if image.From.Kind != "DockerImage" {
			found = append(found, field.Invalid(path.Child("from", "kind"), image.From.Kind, "only DockerImage is supported"))
			continue
		}
		found = append(found, referenceProblems(image.From.Kind, image.From.Name, image.ImportPolicy, image.ReferencePolicy, path)...)
	}
	return found
}

func statusOf(err error) metav1.Status {
	if err == nil {
		return metav1.Status{Status: metav1.StatusSuccess}
	}
	var known apierrors.APIStatus
	if !errors.As(err, &known) {
		known = apierrors.NewInternalError(err)
	}
	return known.Status()
}

// importTag is what OpenShift's controller does after a tag was written.
func (a *api) importTag(namespace, name, tag string) {
	found, is := a.store.find(streams(), namespace, name)
	if !is {
		return
	}
	reference := specTag(typedStream(found), tag)
	if reference == nil || reference.Reference || reference.From == nil || reference.From.Kind != "DockerImage" {
		return
	}
	image, err := a.ask(namespace, reference.From.Name, reference.ImportPolicy.Insecure)
	_ = a.storeImport(namespace, name, reference, image, err)
}

// storeImport writes a tag and what became of its import into the stream, however often others write meanwhile.
func (a *api) storeImport(namespace, name string, wanted *imagev1.TagReference, image *imagev1.Image, failure error) error {
	for {
		found, exists := a.store.find(streams(), namespace, name)
		stream := typedStream(found)
		if !exists {
			stream.APIVersion, stream.Kind, stream.Name = "image.openshift.io/v1", "ImageStream", name
		}
		reference := specTag(stream, wanted.Name)
		if reference == nil {
			stream.Spec.Tags = append(stream.Spec.Tags, *wanted)
			reference = &stream.Spec.Tags[len(stream.Spec.Tags)-1]
		}
		withDefaults(reference)
		if reference.Generation == nil || *reference.Generation == 0 {
			generation := stream.Generation + 1
			reference.Generation = &generation
		}
		noteResult(stream, reference, image, failure)
		by := &request{access: access{namespace: namespace, name: name}, manager: "openshift-controller-manager"}
		_, err := a.storeStream(by, stream, exists)
		if err == nil || !apierrors.IsConflict(err) && !apierrors.IsAlreadyExists(err) {
			return err
		}
	}
}

func noteResult(stream *imagev1.ImageStream, reference *imagev1.TagReference, image *imagev1.Image, failure error) {
	events := statusTag(stream, reference.Name)
	if events == nil {
		stream.Status.Tags = append(stream.Status.Tags, imagev1.NamedTagEventList{Tag: reference.Name})
		events = &stream.Status.Tags[len(stream.Status.Tags)-1]
	}
	events.Conditions = nil
	if failure != nil {
		status := statusOf(failure)
		events.Conditions = []imagev1.TagEventCondition{{
			Type: imagev1.ImportSuccess, Status: corev1.ConditionFalse, LastTransitionTime: metav1.Now(),
			Reason: string(status.Reason), Message: status.Message, Generation: *reference.Generation,
		}}
		return
	}
	event := imagev1.TagEvent{
		Created: metav1.Now(), DockerImageReference: image.DockerImageReference, Image: image.Name, Generation: *reference.Generation,
	}
	events.Items = append([]imagev1.TagEvent{event}, events.Items...)
}

// ask asks a registry for an image, with one entry of the pull secrets, and without any if the registry calls its
// username or password wrong (imagestreamimport/rest.go).
func (a *api) ask(namespace, image string, isInsecure bool) (*imagev1.Image, error) {
	secrets, err := a.place.pullSecrets(namespace)
	if err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	host, path, reference, err := splitImage(image)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	logins, err := keyringOf(secrets)
	if err != nil {
		return nil, apierrors.NewInternalError(fmt.Errorf("%s: %s", image, err))
	}
	asked := registryRequest{host: host, path: path, reference: reference, isInsecure: isInsecure}
	found, err := asked.result(image, logins.loginFor(host, path))
	if err != nil && strings.Contains(err.Error(), "username or password") {
		if again, failure := asked.result(image, nil); failure == nil {
			return again, nil
		}
	}
	return found, err
}

// result is the image, or OpenShift's error for what the registry said (importer/importer.go, formatRepositoryError).
func (r *registryRequest) result(image string, as *login) (*imagev1.Image, error) {
	said, err := r.send(as)
	switch {
	case err != nil:
		return nil, apierrors.NewInternalError(fmt.Errorf("%s: %s", image, err))
	case said.status == http.StatusOK:
		found := &imagev1.Image{DockerImageReference: fmt.Sprintf("%s/%s@%s", r.host, r.path, said.digest)}
		found.Name = said.digest
		return found, nil
	case said.code == "MANIFEST_UNKNOWN":
		return nil, apierrors.NewNotFound(resourceOf("dockerimage.image.openshift.io"), image)
	case strings.HasSuffix(said.message, "incorrect username or password"):
		return nil, apierrors.NewUnauthorized(fmt.Sprintf("incorrect username or password for image %q", image))
	case said.code == "UNAUTHORIZED":
		return nil, apierrors.NewUnauthorized(fmt.Sprintf("you may not have access to the container image %q", image))
	}
	code := strings.ToLower(strings.ReplaceAll(said.code, "_", " "))
	return nil, apierrors.NewInternalError(fmt.Errorf("%s: %s: %s", image, code, said.message))
}

func splitImage(image string) (host, path, reference string, err error) {
	host, rest, is := strings.Cut(image, "/")
	if !is || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return "", "", "", errNoHost
	}
	path, reference = rest, "latest"
	if name, digest, is := strings.Cut(rest, "@"); is {
		path, reference = name, digest
	} else if at := strings.LastIndex(rest, ":"); at > strings.LastIndex(rest, "/") {
		path, reference = rest[:at], rest[at+1:]
	}
	return host, path, reference, nil
}

const patience = 20 * time.Second

var errNoHost = errors.New("the image has no registry")
