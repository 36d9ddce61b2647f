package registry

import "strconv"

// versionRef is how a request names a version: a number, or latest.
type versionRef int

const latest versionRef = -1

func parseVersionRef(text string) (versionRef, error) {
	if text == "latest" {
		return latest, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 && n != int64(latest) {
		return 0, invalidVersion(text)
	}
	return versionRef(n), nil
}

func (r versionRef) String() string {
	if r == latest {
		return "latest"
	}
	return strconv.Itoa(int(r))
}

// resolve finds the version among those wanted.
func (s *state) resolve(subject string, ref versionRef, w which) (version, error) {
	vs := s.versions(subject, w)
	if len(vs) == 0 {
		return version{}, subjectNotFound(subject)
	}
	if ref == latest {
		return vs[len(vs)-1], nil
	}
	for _, v := range vs {
		if v.number == int(ref) {
			return v, nil
		}
	}
	return version{}, versionNotFound(ref.String())
}

func numbersOf(vs []version) []int {
	numbers := make([]int, len(vs))
	for i, v := range vs {
		numbers[i] = v.number
	}
	return numbers
}
