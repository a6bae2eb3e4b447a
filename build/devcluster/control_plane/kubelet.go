package main

import (
	"context"
	"net"
	"os"
	"path/filepath"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
	fake "k8s.io/cri-api/pkg/apis/testing"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	cadvisor "k8s.io/kubernetes/pkg/kubelet/cadvisor/testing"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	"k8s.io/kubernetes/pkg/kubemark"

	"k8s.io/kubernetes/cmd/kubelet/app/options"
)

// runKubelet KUBECONFIG NODE DIRECTORY: the real kubelet with a runtime in which containers "run" at once, and pulls are only
// recorded (images.go). All its files are in DIRECTORY. It needs neither root nor cgroups.
func runKubelet(arguments []string) int {
	kubeconfig, name, directory := arguments[0], arguments[1], arguments[2]
	client := clientOf(kubeconfig)
	flags, config := kubeletSettings(name, filepath.Join(directory, "kubelet"))
	kubelet := kubemark.NewHollowKubelet(flags, config, client, client,
		&cadvisor.Fake{NodeName: name}, newImages(directory), readyRuntime(), cm.NewStubContainerManager())
	recordEvents(kubelet, client)
	switch kubelet := any(kubelet).(type) {
	case interface{ Run(context.Context) }:
		kubelet.Run(context.Background())
	case interface{ Run() }: // before 1.31
		kubelet.Run()
	}
	return 1
}

// clientOf raises client-go's limit of 5 requests per second, with which 50 pods take 20 s instead of 3.
func clientOf(kubeconfig string) *kubernetes.Clientset {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	orDie(err)
	config.QPS, config.Burst = 500, 1000
	return kubernetes.NewForConfigOrDie(config)
}

// kubeletSettings are kubemark's, with every file under root and every listener on the loopback interface.
func kubeletSettings(name, root string) (*options.KubeletFlags, *kubeletconfig.KubeletConfiguration) {
	flags, config := kubemark.GetHollowKubeletConfig(&kubemark.HollowKubeletOptions{
		NodeName: name, KubeletPort: freePort(), MaxPods: 1000,
	})
	orDie(os.RemoveAll(flags.RootDirectory)) // kubemark has created one in the system's temporary directory
	flags.RootDirectory = root
	config.StaticPodPath = ""
	keepPodLogs(config, filepath.Join(root, "logs"))
	config.Address, config.HealthzPort = "127.0.0.1", 0
	config.RegistryPullQPS = 0 // no limit
	config.EventRecordQPS = 500
	return flags, config
}

// recordEvents lets the kubelet send its events. It then insists on reading the kernel's log, which may take root.
func recordEvents(kubelet *kubemark.HollowKubelet, client kubernetes.Interface) {
	if log, err := os.Open("/dev/kmsg"); err == nil {
		orDie(log.Close())
		kubelet.KubeletDeps.Recorder, kubelet.KubeletDeps.EventClient = nil, client.CoreV1()
	}
}

func readyRuntime() *fake.FakeRuntimeService {
	runtime := fake.NewFakeRuntimeService()
	runtime.FakeStatus = &cri.RuntimeStatus{Conditions: []*cri.RuntimeCondition{
		{Type: cri.RuntimeReady, Status: true}, {Type: cri.NetworkReady, Status: true},
	}}
	return runtime
}

// freePort may be taken by another program before the kubelet listens on it; then logs and exec fail, which no test uses.
func freePort() int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	orDie(err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
