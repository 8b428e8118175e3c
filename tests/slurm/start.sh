#!/usr/bin/env bash
# Start a SLURM of one node with two pretend GPUs on this machine: start.sh FOLDER. Needs root, slurm-wlm and munge.
# It runs without systemd. /etc/slurm is replaced, because Snakemake's plugin finds its configuration only there.
set -euo pipefail
folder=$1
host=$(hostname -s)
mkdir -p "$folder"/state "$folder"/spool /etc/slurm /run/munge
chown munge /run/munge
pgrep -x munged >/dev/null || runuser -u munge -- munged

cat >/etc/slurm/slurm.conf <<CONF
ClusterName=schurscope-test
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
MinJobAge=300
SlurmdParameters=config_overrides
GresTypes=gpu
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 Boards=1 SocketsPerBoard=1 CoresPerSocket=8 ThreadsPerCore=1 RealMemory=16000 Gres=gpu:a100:2 State=UNKNOWN
PartitionName=cpu Nodes=$host Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes=$host MaxTime=INFINITE State=UP
CONF
echo "NodeName=$host Name=gpu Type=a100 File=/dev/tty[0-1]" >/etc/slurm/gres.conf

slurmctld -c
slurmd
for _ in $(seq 60); do
    [ "$(sinfo --noheader --partition=cpu --format=%T 2>/dev/null)" = idle ] && exit 0
    sleep 0.5
done
echo "the node did not become idle; see $folder" >&2
sinfo >&2
exit 1
