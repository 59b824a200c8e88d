package load

import (
	"go/ast"
	"go/token"
)

// Root is a declaration whose types are asked for: an annotated function.
type Root struct {
	Package *Package
	Func    *ast.FuncDecl
}

// reach is what the signatures of some functions need: imports, and the pieces
// of source in which an error concerns them.
type reach struct {
	imports map[string]bool
	ranges  []span
	// foreign says that some of the imports are needed for more than the types
	// that are known.
	foreign bool
}

type span struct{ from, to token.Pos }

func (r *reach) contains(pos token.Pos) bool {
	for _, s := range r.ranges {
		if s.from <= pos && pos < s.to {
			return true
		}
	}
	return false
}

// decl is a declaration at package scope.
type decl struct {
	file *File
	node ast.Node
}

// walker follows identifiers from signatures to the declarations of the same
// package, and from there on.
type walker struct {
	decls   map[string]decl
	methods map[string][]decl
	seen    map[ast.Node]bool
	reach   reach
}

// reached follows the signatures of functions of one package.
func reached(p *Package, funcs []*ast.FuncDecl) reach {
	w := walker{decls: make(map[string]decl), methods: make(map[string][]decl), seen: make(map[ast.Node]bool),
		reach: reach{imports: make(map[string]bool)}}
	w.index(p)
	wanted := make(map[*ast.FuncDecl]bool, len(funcs))
	for _, fn := range funcs {
		wanted[fn] = true
	}
	for _, file := range p.Files {
		for _, d := range file.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && wanted[fn] {
				w.signature(file, fn)
			}
		}
	}
	for _, file := range p.Files { // of one import that fails, go/types reports the first spec only
		for _, spec := range file.Syntax.Imports {
			if importPath, _ := ImportName(spec); w.reach.imports[importPath] {
				w.reach.ranges = append(w.reach.ranges, span{spec.Pos(), spec.End()})
			}
		}
	}
	for _, file := range p.Files { // all that they bring along is not free to be declared
		w.dotImports(file, "")
	}
	return w.reach
}

func (w *walker) index(p *Package) {
	for _, file := range p.Files {
		for _, d := range file.Syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if name := ReceiverName(d); name != "" && marshals[d.Name.Name] {
					w.methods[name] = append(w.methods[name], decl{file, d})
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						w.decls[spec.Name.Name] = decl{file, spec}
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							w.decls[name.Name] = decl{file, d} // the whole group: iota
						}
					}
				}
			}
		}
	}
}

// marshals are the methods that decide how a type is carried, so their own
// signatures must be understood.
var marshals = map[string]bool{
	"EncodeMsgpack": true, "DecodeMsgpack": true, "MarshalMsgpack": true, "UnmarshalMsgpack": true,
	"MarshalBinary": true, "UnmarshalBinary": true, "MarshalText": true, "UnmarshalText": true,
	"MarshalJSON": true, "UnmarshalJSON": true,
}

func (w *walker) signature(file *File, fn *ast.FuncDecl) {
	w.reach.ranges = append(w.reach.ranges, span{fn.Pos(), fn.Type.End()})
	if fn.Recv != nil {
		w.follow(file, fn.Recv)
	}
	w.follow(file, fn.Type)
}

// follow walks the types, and the constants in them, that a node names.
func (w *walker) follow(file *File, node ast.Node) {
	if w.seen[node] {
		return
	}
	w.seen[node] = true
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return false
		case *ast.Field: // its names are no uses
			w.follow(file, n.Type)
			return false
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				w.use(file, x.Name, n.Sel.Name)
				return false
			}
		case *ast.Ident:
			w.ident(file, n.Name)
		}
		return true
	})
}

// use notes the import that a qualifier stands for in a file, of which a name is
// used. Where no import looks like it, it may be any that has no name of its own.
func (w *walker) use(file *File, qualifier, name string) {
	if _, local := w.decls[qualifier]; local {
		w.ident(file, qualifier)
		return
	}
	found := false
	for _, spec := range file.Syntax.Imports {
		if importPath, imported := ImportName(spec); imported == qualifier {
			found = true
			w.need(importPath, name)
		}
	}
	if found {
		return
	}
	for _, spec := range file.Syntax.Imports {
		if importPath, _ := ImportName(spec); spec.Name == nil {
			w.need(importPath, name)
		}
	}
}

// need notes an import of which a name is used.
func (w *walker) need(importPath, name string) {
	if importPath == "" || importPath == "C" || importPath == "unsafe" {
		return
	}
	w.reach.imports[importPath] = true
	w.reach.foreign = w.reach.foreign || !isKnown(importPath, name)
}

// dotImports notes the imports that name may come from without a qualifier.
func (w *walker) dotImports(file *File, name string) {
	for _, spec := range file.Syntax.Imports {
		if importPath, qualifier := ImportName(spec); qualifier == "." {
			w.need(importPath, name)
		}
	}
}

func (w *walker) ident(file *File, name string) {
	d, ok := w.decls[name]
	if !ok {
		w.dotImports(file, name) // it may come from any
		return
	}
	if w.seen[d.node] {
		return
	}
	w.reach.ranges = append(w.reach.ranges, span{d.node.Pos(), d.node.End()})
	w.follow(d.file, d.node)
	for _, method := range w.methods[name] {
		w.signature(method.file, method.node.(*ast.FuncDecl))
	}
}

// ReceiverName returns the name of the type that a method belongs to.
func ReceiverName(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return ""
	}
	t := fn.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
