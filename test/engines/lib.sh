# What the engines' scripts share: sourced, never run.
# Programs are cached in ENGINES_CACHE; what runs keeps its files in ENGINES_RUN.
set -euo pipefail
ENGINES_CACHE=${ENGINES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/betflow-test-engines}
ENGINES_RUN=${ENGINES_RUN:-${TMPDIR:-/tmp}/betflow-test-engines-$(id -u)}
mkdir -p "$ENGINES_CACHE" "$ENGINES_RUN"

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# need COMMAND PACKAGE: installs the Debian package if the command is missing.
need() {
  command -v "$1" >/dev/null 2>&1 && return
  command -v apt-get >/dev/null 2>&1 || die "$1 is missing: install it"
  {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"
  } >&2 || die "$1 is missing and package $2 cannot be installed"
}

# java_of VERSION: prints the first java that is at least of that version.
java_of() {
  local java version
  for java in ${JAVA_HOME:+"$JAVA_HOME/bin/java"} "$(command -v java || true)" /usr/lib/jvm/*/bin/java; do
    [ -x "$java" ] || continue
    version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
    [ "${version:-0}" -lt "$1" ] || {
      printf '%s\n' "$java"
      return
    }
  done
  return 1
}

# need_java VERSION: prints a java of at least that version, installing one if
# there is none.
need_java() {
  java_of "$1" && return
  need "java-$1" "openjdk-$1-jre-headless" || true
  java_of "$1" || die "Java $1 or newer is missing: install it or set JAVA_HOME"
}

# once DIR CMD...: runs CMD, which is to fill DIR, unless it has done so before.
# One at a time does it.
once() {
  local dir=$1
  shift
  mkdir -p "$dir"
  (
    flock 9
    [ -f "$dir/.done" ] || { "$@" >&2 && touch "$dir/.done"; }
  ) 9>"$dir/.lock" || die "cannot fill $dir"
}

# free_ports N: prints N ports of 127.0.0.1 that nothing listens on, below those
# that the kernel hands to outgoing connections.
free_ports() {
  local port found=0
  while read -r port; do
    port_open "$port" && continue
    printf '%s\n' "$port"
    [ $((found += 1)) -lt "$1" ] || return 0
  done < <(shuf -i 12000-31999 -n 500)
  die "no free ports"
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# launch NAME CMD...: runs CMD in a process group of its own; its log and pid are
# in ENGINES_RUN/NAME.
launch() {
  local dir=$ENGINES_RUN/$1
  shift
  mkdir -p "$dir"
  [ ! -f "$dir/log" ] || mv "$dir/log" "$dir/log.$(date +%s)"
  setsid "$@" >"$dir/log" 2>&1 </dev/null 9>&- &
  printf '%s\n' $! >"$dir/pid"
}

# runs NAME: whether what launch started is alive.
runs() { [ -f "$ENGINES_RUN/$1/pid" ] && kill -0 "$(cat "$ENGINES_RUN/$1/pid")" 2>/dev/null; }

# signal NAME SIGNAL: sends it to the process group and waits for its end,
# forcing it after 20 seconds.
signal() {
  local dir=$ENGINES_RUN/$1 pid
  [ -f "$dir/pid" ] || return 0
  pid=$(cat "$dir/pid")
  kill "-$2" -- "-$pid" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 -- "-$pid" 2>/dev/null || break
    sleep 0.2
  done
  kill -KILL -- "-$pid" 2>/dev/null || true
  rm -f "$dir/pid"
}

# await NAME SECONDS CMD...: until CMD succeeds. If NAME ends before or does not
# come up, its log's end is shown and it is stopped.
await() {
  local name=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    runs "$name" && [ "$SECONDS" -lt "$end" ] || {
      tail -n 40 "$ENGINES_RUN/$name/log" >&2
      signal "$name" TERM
      die "$name did not come up"
    }
    sleep 0.3
  done
}
