package embedded

import (
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// refuseAll refuses every batch once one could not be written. A writer hears of a
// failure only after it has handed on more, and on a disk with a little room some
// of that would fit: records that are numbered in their order would then stand
// behind a hole, and whoever goes on from the last number would never fill it.
// After a start writers look first what stands there.
func refuseAll(cluster *kfake.Cluster, l *logger) {
	cluster.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if l.writeError() == nil {
			return nil, nil, false
		}
		return Refusal(r.(*kmsg.ProduceRequest), kerr.UnknownServerError), nil, true
	})
}

// Refusal answers a request to write with an error for each of its partitions.
func Refusal(req *kmsg.ProduceRequest, why *kerr.Error) kmsg.Response {
	resp := req.ResponseKind().(*kmsg.ProduceResponse)
	for _, topic := range req.Topics {
		out := kmsg.NewProduceResponseTopic()
		out.Topic, out.TopicID = topic.Topic, topic.TopicID
		for _, p := range topic.Partitions {
			refused := kmsg.NewProduceResponseTopicPartition()
			refused.Partition, refused.ErrorCode = p.Partition, why.Code
			out.Partitions = append(out.Partitions, refused)
		}
		resp.Topics = append(resp.Topics, out)
	}
	return resp
}
