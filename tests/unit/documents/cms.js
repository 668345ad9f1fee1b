// Asks OpenJDK whether signatures hold: pairs of a CMS file and the file of the bytes that it signs.
// Prints one line of JSON for each pair: the names of those whose signature holds, or none.

function read(file) {
  return java.nio.file.Files.readAllBytes(java.nio.file.Paths.get(file));
}

for (var at = 0; at < arguments.length; at += 2) {
  var cms = new Packages.sun.security.pkcs.PKCS7(read(arguments[at]));
  var found = cms.verify(read(arguments[at + 1])) || [];
  print(JSON.stringify(Array.from(found).map(function (one) {
    return String(one.getCertificate(cms).getSubjectX500Principal().getName("RFC2253"));
  })));
}
