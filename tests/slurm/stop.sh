#!/usr/bin/env bash
# Stop what start.sh started.
pkill -x slurmd
pkill -x slurmctld
pkill -x munged
exit 0
