package actor

// RuntimeSupportsGeneratedCodeV1 is named by generated code, so that a
// generator that is newer than the runtime, or a runtime that no longer runs
// old generated code, is a build error which says so. To mend it, use the same
// version of github.com/actorgen/actorgen in go.mod and in the generator, and
// generate again.
const RuntimeSupportsGeneratedCodeV1 = true
