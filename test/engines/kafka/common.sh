# What Kafka's scripts share: sourced, never run. Node N lives in
# ENGINES_RUN/kafka/N: server.properties, data, log, pid.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib.sh"
run=$ENGINES_RUN/kafka

nodes() { [ ! -f "$run/nodes" ] || seq "$(cat "$run/nodes")"; }

# install sets java and classpath, fetching the broker if it is not cached.
install() {
  local lib
  need mvn maven
  java=$(need_java 17)
  lib=$ENGINES_CACHE/kafka-$(sha256sum "$here/pom.xml" | cut -c1-12)
  once "$lib" mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$lib"
  classpath="$lib/*"
}

# kafka CLASS ARGS...: runs a tool of Kafka's.
kafka() {
  "$java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$classpath" \
    -Dlog4j2.configurationFile="$here/log4j2.properties" "$@"
}

launch_node() {
  launch "kafka/$1" "$java" -Xms128m "-Xmx${KAFKA_HEAP:-512m}" -XX:+UseSerialGC -cp "$classpath" \
    -Dlog4j2.configurationFile="$here/log4j2.properties" kafka.Kafka "$run/$1/server.properties"
}

# await_node waits for the line that a broker writes once the controller lets
# clients in.
await_node() { await "kafka/$1" 240 grep -q 'Kafka Server started' "$run/$1/log"; }
