# Where the private PostgreSQL cluster is, and who runs it. Sourced by env.sh; bin/pg acts on it.
# shellcheck shell=bash

# PostgreSQL refuses to run as root: there, Debian's own user of that name runs it.
CLUSTER_OWNER=$(id -un)
[ "$(id -u)" != 0 ] || CLUSTER_OWNER=postgres

# as_cluster_owner COMMAND...: run it as the one who owns the cluster.
as_cluster_owner() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && runuser -u "$CLUSTER_OWNER" -- "$@")
  else
    (cd / && "$@")
  fi
}

# A checkout in a folder closed to that user (root's home, say) cannot hold the cluster.
# The parents' modes are read rather than tried: that costs no process as another user.
cluster_can_live_below() {
  local folder=$1
  [ "$(id -u)" = 0 ] || return 0
  while [ "$folder" != / ]; do
    [ ! -e "$folder" ] || [ $((8#$(stat -c %a "$folder") & 1)) = 1 ] || return 1
    folder=$(dirname "$folder")
  done
}

CLUSTER_HOME=$BILLING_DEV/pg
cluster_can_live_below "$BILLING_DEV" || CLUSTER_HOME=/var/tmp/recurring-billing-$BILLING_ID
CLUSTER_DATA=$CLUSTER_HOME/data

# A socket's path may have 107 bytes, the file's own name included.
CLUSTER_SOCKET=$CLUSTER_HOME/socket
[ ${#CLUSTER_SOCKET} -le 85 ] || CLUSTER_SOCKET=/var/tmp/recurring-billing-$BILLING_ID-socket
