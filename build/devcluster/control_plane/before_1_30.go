//go:build before_1_30

package main

import kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"

// keepPodLogs does nothing: the directory of logs is fixed, but kubemark's kubelet neither creates nor deletes files there.
func keepPodLogs(*kubeletconfig.KubeletConfiguration, string) {}
