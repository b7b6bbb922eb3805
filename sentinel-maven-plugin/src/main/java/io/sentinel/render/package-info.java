/**
 * From a spec to the bundle: renders it, writes it as one, and tells a folder that is not what the spec renders.
 */
package io.sentinel.render;
