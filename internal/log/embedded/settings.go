package embedded

import (
	"log/slog"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// janitorsSettings are the topic settings that the broker keeps for itself:
// kfake's retention empties partitions, and larger segments would undermine the
// cap of the log.
var janitorsSettings = []string{"retention.ms", "retention.bytes", "segment.bytes", "segment.ms"}

const settingsRefused = "the settings of the embedded broker cannot be changed"

// stripSettings takes janitorsSettings out of every request that would set
// them, and refuses to change the broker's own settings.
func stripSettings(cluster *kfake.Cluster, log *slog.Logger) {
	s := settings{log: log}
	cluster.ControlKey(int16(kmsg.CreateTopics), func(r kmsg.Request) (kmsg.Response, error, bool) {
		req := r.(*kmsg.CreateTopicsRequest)
		for i := range req.Topics {
			t := &req.Topics[i]
			t.Configs = strip(s, t.Topic, t.Configs, func(c kmsg.CreateTopicsRequestTopicConfig) string { return c.Name })
		}
		return nil, nil, false
	})
	cluster.ControlKey(int16(kmsg.AlterConfigs), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		return s.alter(r.(*kmsg.AlterConfigsRequest))
	})
	cluster.ControlKey(int16(kmsg.IncrementalAlterConfigs), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		return s.alterIncrementally(r.(*kmsg.IncrementalAlterConfigsRequest))
	})
}

// settings strips requests, and says so.
type settings struct {
	log *slog.Logger
}

func strip[T any](s settings, topic string, configs []T, name func(T) string) []T {
	return slices.DeleteFunc(configs, func(c T) bool {
		if !slices.Contains(janitorsSettings, name(c)) {
			return false
		}
		s.log.Warn("ignoring a topic setting: the embedded log has one size and one age for all topics",
			"topic", topic, "setting", name(c))
		return true
	})
}

func (s settings) alter(req *kmsg.AlterConfigsRequest) (kmsg.Response, error, bool) {
	refused := false
	for i := range req.Resources {
		r := &req.Resources[i]
		refused = refused || r.ResourceType == kmsg.ConfigResourceTypeBroker
		r.Configs = strip(s, r.ResourceName, r.Configs, func(c kmsg.AlterConfigsRequestResourceConfig) string { return c.Name })
	}
	if !refused {
		return nil, nil, false
	}
	resp := req.ResponseKind().(*kmsg.AlterConfigsResponse)
	for _, r := range req.Resources {
		out := kmsg.NewAlterConfigsResponseResource()
		out.ResourceType, out.ResourceName = r.ResourceType, r.ResourceName
		out.ErrorCode, out.ErrorMessage = kerr.PolicyViolation.Code, kmsg.StringPtr(settingsRefused)
		resp.Resources = append(resp.Resources, out)
	}
	return resp, nil, true
}

func (s settings) alterIncrementally(req *kmsg.IncrementalAlterConfigsRequest) (kmsg.Response, error, bool) {
	refused := false
	for i := range req.Resources {
		r := &req.Resources[i]
		refused = refused || r.ResourceType == kmsg.ConfigResourceTypeBroker
		r.Configs = strip(s, r.ResourceName, r.Configs, func(c kmsg.IncrementalAlterConfigsRequestResourceConfig) string { return c.Name })
	}
	if !refused {
		return nil, nil, false
	}
	resp := req.ResponseKind().(*kmsg.IncrementalAlterConfigsResponse)
	for _, r := range req.Resources {
		out := kmsg.NewIncrementalAlterConfigsResponseResource()
		out.ResourceType, out.ResourceName = r.ResourceType, r.ResourceName
		out.ErrorCode, out.ErrorMessage = kerr.PolicyViolation.Code, kmsg.StringPtr(settingsRefused)
		resp.Resources = append(resp.Resources, out)
	}
	return resp, nil, true
}
