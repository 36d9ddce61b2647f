package log

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// MayShare tells whether the login may do what a replica does beside reading and
// writing topics: be a member of a group, and write in transactions under names
// that begin with the group's. It leaves nothing in the log but a name that
// nobody uses.
func MayShare(ctx context.Context, client *kgo.Client, group string) error {
	req := kmsg.NewPtrHeartbeatRequest()
	req.Group, req.MemberID = group, "doctor" // whoever may be a member is told that it is none
	resp, err := req.RequestWith(ctx, client)
	if err == nil {
		err = kerr.ErrorForCode(resp.ErrorCode)
	}
	if err != nil && !errors.Is(err, kerr.UnknownMemberID) && !errors.Is(err, kerr.GroupIDNotFound) {
		return fmt.Errorf("asking to be a member of group %s: %w", group, err)
	}
	w, err := OpenWriter(ctx, client, group+".doctor", Left{})
	if err != nil {
		return err
	}
	w.Close()
	return nil
}
