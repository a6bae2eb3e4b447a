//go:build !before_1_30

package main

import kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"

// keepPodLogs has the logs of containers written into a directory.
func keepPodLogs(config *kubeletconfig.KubeletConfiguration, directory string) {
	config.PodLogsDir = directory
}
