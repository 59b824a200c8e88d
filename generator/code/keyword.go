package code

// Nil, Error, String, New and Len append what the language declares.
func (s *Statement) Nil() *Statement           { return s.token("nil") }
func (s *Statement) Error() *Statement         { return s.token("error") }
func (s *Statement) String() *Statement        { return s.token("string") }
func (s *Statement) New(value Code) *Statement { return s.token("new").Call(value) }

func Nil() *Statement           { return Id("nil") }
func Error() *Statement         { return Id("error") }
func New(value Code) *Statement { return Id("new").Call(value) }
func Len(of Code) *Statement    { return Id("len").Call(of) }

// Func begins a function or the type of one.
func Func() *Statement { return Id("func") }

// Return is the statement with what it returns.
func Return(values ...Code) *Statement { return Id("return").token("").list("", values, ",", "") }

// If and For begin a statement by its parts, which have semicolons between them.
func If(parts ...Code) *Statement  { return Id("if").token("").list("", parts, ";", "") }
func For(parts ...Code) *Statement { return Id("for").token("").list("", parts, ";", "") }

// Range appends what a loop ranges over.
func (s *Statement) Range() *Statement { return s.token("range") }
func Range() *Statement                { return Id("range") }

// Switch begins a statement, Case one of its cases.
func Switch(tag Code) *Statement { return Id("switch").Add(tag) }
func Case(values ...Code) *Statement {
	s := Id("case").token("").list("", values, ",", "")
	s.isCase = true
	return s
}

// List is several values without brackets, Parens one in parentheses.
func List(values ...Code) *Statement { return new(Statement).list("", values, ",", "") }
func Parens(value Code) *Statement   { return new(Statement).list("(", []Code{value}, "", ")") }
