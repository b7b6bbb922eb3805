package io.sentinel.render;

/** A bundle in memory, and the facts about it that a run needs. */
public record Rendering(Rendered facts, Bundle bundle) {}
