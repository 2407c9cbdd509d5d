/* What each step does, one function an operation; 0 or -errno. The arguments are those of program.md. */
#pragma once

#include "program.h"

typedef int operation(struct context *context, struct step *step);

/* namespaces.c */
operation do_cgroup_join, do_setns, do_unshare, do_fork_exec, do_sethostname, do_setdomainname;
/* mounts.c */
operation do_private, do_move_mount, do_enter, do_pivot, do_mount, do_mount_attr, do_bind, do_mask, do_readonly,
    do_chroot_check;
/* cgroups.c */
operation do_cgroup_mounts, do_mount_proc;
/* nodes.c */
operation do_mkdir, do_touch, do_mknod, do_symlink, do_write;
/* stdio.c */
operation do_stdio, do_pty, do_chown_stdio;
/* credentials.c */
operation do_dumpable, do_rlimit, do_umask, do_setsid, do_bounding, do_groups, do_keepcaps, do_setuid,
    do_pdeathsig, do_capset, do_no_new_privs, do_seccomp, do_keyring, do_sigdefault;
/* execute.c */
operation do_chdir, do_init, do_exec;

/* mounts.c: mount(2) on an open folder, and a clone of an open tree on an open place. */
int mount_at(int folder, const char *source, const char *type, unsigned long flags, const char *data);
int attach_copy(int source, int target, int recursive, int readonly);
