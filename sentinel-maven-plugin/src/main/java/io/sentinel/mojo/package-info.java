/** The goals: each binds parameters, calls one use case, and turns its outcome into what Maven shows. */
package io.sentinel.mojo;
