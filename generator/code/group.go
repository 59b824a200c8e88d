package code

// Group is a list of pieces, one to a line.
type Group struct{ items []Code }

// Add appends pieces.
func (g *Group) Add(pieces ...Code) { g.items = append(g.items, pieces...) }

func (g *Group) add(s *Statement) *Statement {
	g.items = append(g.items, s)
	return s
}

// Id begins a piece that is appended, and so do the methods below, with what the
// functions of their names return.
func (g *Group) Id(name string) *Statement        { return g.add(Id(name)) }
func (g *Group) If(parts ...Code) *Statement      { return g.add(If(parts...)) }
func (g *Group) Case(values ...Code) *Statement   { return g.add(Case(values...)) }
func (g *Group) Return(values ...Code) *Statement { return g.add(Return(values...)) }
func (g *Group) Const() *Statement                { return g.add(Id("const")) }
func (g *Group) Func() *Statement                 { return g.add(Func()) }
func (g *Group) Type() *Statement                 { return g.add(Id("type")) }
func (g *Group) Var() *Statement                  { return g.add(Id("var")) }

// Comment appends a line of a comment.
func (g *Group) Comment(line string) {
	if line != "" {
		line = " " + line
	}
	g.Id("//" + line)
}

// Line appends an empty line, as stands between declarations.
func (g *Group) Line() { g.add(new(Statement)) }
