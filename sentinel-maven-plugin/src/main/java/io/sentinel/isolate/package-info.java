/** One arbitrary command in the sandbox: a spec with the values that flags and variables put in place of its own. */
package io.sentinel.isolate;
