// Asks veraPDF whether files keep a profile (PDFA-2A, PDFUA-1): one line of JSON for each of them.
// Run by Rhino. veraPDF's own reader of profiles is not in the jar, so that they are read here.
importPackage(Packages.org.verapdf.pdfa);
importPackage(Packages.org.verapdf.pdfa.flavours);
importPackage(Packages.org.verapdf.pdfa.validation.profiles);

function children(element, name) {
  var found = [], nodes = element.getElementsByTagName(name);
  for (var i = 0; i < nodes.getLength(); i++) found.push(nodes.item(i));
  return found;
}

function text(element, name) {
  var found = children(element, name);
  return found.length ? found[0].getTextContent() : "";
}

function list(values) {
  var found = new java.util.ArrayList();
  values.forEach(function (value) { found.add(value); });
  return found;
}

function rule(element) {
  var id = children(element, "id")[0];
  return Profiles.ruleFromValues(
    Profiles.ruleIdFromValues(
      PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
      id.getAttribute("clause"),
      Number(id.getAttribute("testNumber"))
    ),
    element.getAttribute("object"),
    element.getAttribute("deferred") == "true" ? java.lang.Boolean.TRUE : null,
    element.getAttribute("tags"),
    text(element, "description"),
    text(element, "test"),
    Profiles.errorFromValues(text(element, "message"), list([])),
    list([])
  );
}

function variable(element) {
  return Profiles.variableFromValues(
    element.getAttribute("name"),
    element.getAttribute("object"),
    text(element, "defaultValue"),
    text(element, "value")
  );
}

function profile(name) {
  var source = java.lang.ClassLoader.getSystemResourceAsStream("org/verapdf/pdfa/validation/" + name + ".xml");
  var builder = javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder();
  var root = builder.parse(source).getDocumentElement();
  return Profiles.profileFromValues(
    PDFAFlavour.valueOf(root.getAttribute("flavour")),
    Profiles.profileDetailsFromValues(name, name, "", new java.util.Date()),
    "",
    new java.util.HashSet(list(children(root, "rule").map(rule))),
    new java.util.HashSet(list(children(root, "variable").map(variable)))
  );
}

Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var rules = profile(arguments[0]), files = arguments.slice(1);
files.forEach(function (file) {
  var parser = Foundries.defaultInstance().createParser(new java.io.File(file), rules.getPDFAFlavour());
  var result = Foundries.defaultInstance().createValidator(rules, false).validate(parser);
  var broken = {}, assertions = result.getTestAssertions().iterator();
  while (assertions.hasNext()) {
    var found = assertions.next(), id = found.getRuleId();
    broken[id.getClause() + "-" + id.getTestNumber()] = String(found.getMessage());
  }
  print(JSON.stringify({compliant: result.isCompliant(), checks: Number(result.getTotalAssertions()), broken: broken}));
  parser.close();
});
