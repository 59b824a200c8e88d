package code

// Id begins a piece with an identifier; the functions below do so with what the
// methods of their names append.
func Id(name string) *Statement               { return new(Statement).Id(name) }
func Op(text string) *Statement               { return new(Statement).Op(text) }
func Qual(importPath, name string) *Statement { return new(Statement).Qual(importPath, name) }
func Lit(value any) *Statement                { return new(Statement).Lit(value) }
func Add(pieces ...Code) *Statement           { return new(Statement).Add(pieces...) }
func Values(elements ...Code) *Statement      { return new(Statement).Values(elements...) }
func Rows(elements ...Code) *Statement        { return new(Statement).Rows(elements...) }
func Index(of ...Code) *Statement             { return new(Statement).Index(of...) }
func Map(key Code) *Statement                 { return new(Statement).Map(key) }
func Struct(fields ...Code) *Statement        { return new(Statement).Struct(fields...) }
