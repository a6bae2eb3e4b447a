// Program external_secrets runs the controllers of External Secrets for stores, external secrets and cluster external
// secrets until its standard input ends. KUBECONFIG names the cluster.
//
// The operator's own main has webhooks and certificates, too. Controllers and options are those of its
// cmd/controller/root.go.
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"go.uber.org/zap/zapcore"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	esv1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	genv1alpha1 "github.com/external-secrets/external-secrets/apis/generators/v1alpha1"
	"github.com/external-secrets/external-secrets/pkg/controllers/clusterexternalsecret"
	"github.com/external-secrets/external-secrets/pkg/controllers/clusterexternalsecret/cesmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/externalsecret"
	"github.com/external-secrets/external-secrets/pkg/controllers/externalsecret/esmetrics"
	ctrlmetrics "github.com/external-secrets/external-secrets/pkg/controllers/metrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore/cssmetrics"
	"github.com/external-secrets/external-secrets/pkg/controllers/secretstore/ssmetrics"
)

const class = "default"

func main() {
	ctrl.SetLogger(zap.New(zap.Level(zapcore.InfoLevel)))
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() error {
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(esv1.AddToScheme(scheme))
	utilruntime.Must(genv1alpha1.AddToScheme(scheme))
	ctrlmetrics.SetUpLabelNames(false)
	cesmetrics.SetUpMetrics()
	esmetrics.SetUpMetrics()
	ssmetrics.SetUpMetrics()
	cssmetrics.SetUpMetrics()

	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{Scheme: scheme, Metrics: server.Options{BindAddress: "0"}})
	if err != nil {
		return err
	}
	options := controller.Options{MaxConcurrentReconciles: 1}
	if err := addStores(manager, options); err != nil {
		return err
	}
	everywhere := clusterexternalsecret.Reconciler{
		Client: manager.GetClient(), Log: ctrl.Log, Scheme: scheme, RequeueInterval: time.Hour,
	}
	if err := everywhere.SetupWithManager(manager, options); err != nil {
		return err
	}
	secrets := externalsecret.Reconciler{
		Client: manager.GetClient(), SecretClient: manager.GetClient(), Scheme: scheme, RestConfig: manager.GetConfig(),
		Log: ctrl.Log, ControllerClass: class, RequeueInterval: time.Hour, ClusterSecretStoreEnabled: true, EnableFloodGate: true,
	}
	if err := secrets.SetupWithManager(manager, options); err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}

func addStores(manager ctrl.Manager, options controller.Options) error {
	store := secretstore.StoreReconciler{
		Client: manager.GetClient(), Scheme: manager.GetScheme(), Log: ctrl.Log, ControllerClass: class, RequeueInterval: 5 * time.Minute,
	}
	if err := store.SetupWithManager(manager, options); err != nil {
		return err
	}
	cluster := secretstore.ClusterStoreReconciler{
		Client: manager.GetClient(), Scheme: manager.GetScheme(), Log: ctrl.Log, ControllerClass: class, RequeueInterval: 5 * time.Minute,
	}
	return cluster.SetupWithManager(manager, options)
}
