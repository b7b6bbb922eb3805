#!/usr/bin/env python3
"""Runs a program without capabilities, and under a seccomp profile as a container runtime would load it.

  under-filter PROFILE|- PROGRAM ARGUMENT...

PROFILE is an OCI profile in JSON, "-" for no filter. Started by root, the program is nobody; libseccomp, which runc also
uses, makes the filter.
"""
import ctypes
import json
import os
import sys

ALLOW = 0x7FFF0000
LOG = 0x7FFC0000
KILL_PROCESS = 0x80000000
ERRNO = 0x00050000
PR_SET_NO_NEW_PRIVS = 38
OPERATORS = {"SCMP_CMP_NE": 1, "SCMP_CMP_LT": 2, "SCMP_CMP_LE": 3, "SCMP_CMP_EQ": 4, "SCMP_CMP_GE": 5,
             "SCMP_CMP_GT": 6, "SCMP_CMP_MASKED_EQ": 7}


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int),
                ("one", ctypes.c_uint64), ("two", ctypes.c_uint64)]


def action(name, errno):
    if name == "SCMP_ACT_ALLOW":
        return ALLOW
    if name == "SCMP_ACT_LOG":
        return LOG
    if name == "SCMP_ACT_KILL_PROCESS":
        return KILL_PROCESS
    if name == "SCMP_ACT_ERRNO":
        return ERRNO | (1 if errno is None else errno)
    raise SystemExit(f"{name} is not an action of the presets")


def load(path):
    with open(path, encoding="utf-8") as file:
        profile = json.load(file)
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
                                               ctypes.POINTER(Comparison)]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    default = action(profile["defaultAction"], profile.get("defaultErrnoRet"))
    state = library.seccomp_init(ctypes.c_uint32(default))
    for rule in profile["syscalls"]:
        what = action(rule["action"], rule.get("errnoRet"))
        wanted = [Comparison(arg["index"], OPERATORS[arg["op"]], arg["value"], arg.get("valueTwo", 0))
                  for arg in rule.get("args") or []]
        for name in rule["names"]:
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number == -1 or what == default:
                continue  # unknown to this libseccomp, as to a runtime's; or said already
            error = library.seccomp_rule_add_array(state, what, number, len(wanted),
                                                   (Comparison * len(wanted))(*wanted))
            if error:
                raise SystemExit(f"{name}: {os.strerror(-error)}")
    error = library.seccomp_load(state)
    if error:
        raise SystemExit(f"the filter cannot be loaded: {os.strerror(-error)}")


def main(profile, *program):
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
    if ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise SystemExit("no-new-privileges cannot be set")
    if profile != "-":
        load(profile)
    os.execv(program[0], program)


main(*sys.argv[1:])
