package registry

import (
	"fmt"
	"net/http"
)

// fault is an answer other than success: an HTTP status with Confluent's error
// code and a message. Clients go by the code.
type fault struct {
	Code    int    `json:"error_code"`
	Message string `json:"message"`

	status int
}

func (f *fault) Error() string { return f.Message }

func newFault(status, code int, format string, args ...any) *fault {
	return &fault{Code: code, Message: fmt.Sprintf(format, args...), status: status}
}

func subjectNotFound(subject string) *fault {
	return newFault(http.StatusNotFound, 40401, "Subject '%s' not found.", subject)
}

func versionNotFound(version string) *fault {
	return newFault(http.StatusNotFound, 40402, "Version %s not found.", version)
}

func schemaNotFound(what string) *fault {
	return newFault(http.StatusNotFound, 40403, "Schema%s not found", what)
}

func subjectSoftDeleted(subject string) *fault {
	return newFault(http.StatusNotFound, 40404, "Subject '%s' was soft deleted. Set permanent=true to delete permanently", subject)
}

func subjectNotSoftDeleted(subject string) *fault {
	return newFault(http.StatusNotFound, 40405, "Subject '%s' was not deleted first before being permanently deleted", subject)
}

func versionSoftDeleted(subject string, version int) *fault {
	return newFault(http.StatusNotFound, 40406, "Subject '%s' Version %d was soft deleted. Set permanent=true to delete permanently", subject, version)
}

func versionNotSoftDeleted(subject string, version int) *fault {
	return newFault(http.StatusNotFound, 40407, "Subject '%s' Version %d was not deleted first before being permanently deleted", subject, version)
}

func levelNotSet(subject string) *fault {
	return newFault(http.StatusNotFound, 40408, "Subject '%s' does not have subject-level compatibility configured", subject)
}

func incompatible(subject string, why []string) *fault {
	return newFault(http.StatusConflict, 409, "Schema being registered is incompatible with an earlier schema for subject \"%s\", details: %q", subject, why)
}

func invalidSchema(format string, args ...any) *fault {
	return newFault(http.StatusUnprocessableEntity, 42201, "Invalid schema: "+format, args...)
}

func invalidVersion(version string) *fault {
	return newFault(http.StatusUnprocessableEntity, 42202, "The specified version '%s' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"", version)
}

func invalidLevel(level string) *fault {
	return newFault(http.StatusUnprocessableEntity, 42203, "Invalid compatibility level %q. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive", level)
}

func notPermitted(what string) *fault {
	return newFault(http.StatusUnprocessableEntity, 42205, "Operation not permitted: %s", what)
}

func badRequest(err error) *fault {
	return newFault(http.StatusBadRequest, http.StatusBadRequest, "Reading request body: %v", err)
}

func tooLarge(limit int64) *fault {
	return newFault(http.StatusRequestEntityTooLarge, http.StatusRequestEntityTooLarge, "Request body has more than %d bytes", limit)
}

func storeFault() *fault {
	return newFault(http.StatusInternalServerError, 50001, "Error in the backend datastore")
}
