/// What Yams says of a text that is no YAML, in words that say what would be right.
enum YAMLAdvice {
    static func message(_ problem: String, _ context: String?) -> String {
        switch problem {
        case "but found another document":
            return "a second document begins here; a plan is one document"
        case "mapping values are not allowed in this context":
            return "a \": \" where no key can stand; check the indentation, or quote the text"
        case "found character that cannot start any token":
            return "no value begins with this character; quote the text"
        case "could not find expected ':'":
            return "a key without \": \" behind it"
        case "found unexpected end of stream":
            return "the text ends inside quotes or brackets"
        case "did not find expected <document start>":
            return "the document has ended here; check the indentation"
        case "did not find expected key":
            return "no key where one is expected; check the indentation"
        case "did not find expected '-' indicator":
            return "no \"- \" where the list goes on; check the indentation"
        case "did not find expected ',' or ']'":
            return "no \",\" or \"]\" where the list goes on"
        case "did not find expected ',' or '}'":
            return "no \",\" or \"}\" where the object goes on"
        case "found unknown escape character":
            return "no escape of YAML; in double quotes write \\\\ for a backslash, or use single quotes"
        case _ where problem.hasPrefix("Maximum nesting level"):
            return "objects and lists nest at most \(PlanLimits.depth) deep"
        default:
            return context.map { "this is not YAML: \($0): \(problem)" } ?? "this is not YAML: \(problem)"
        }
    }
}
