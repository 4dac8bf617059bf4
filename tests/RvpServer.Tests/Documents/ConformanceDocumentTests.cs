using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Tests.Documents;

public partial class ConformanceDocumentTests
{
    [Theory]
    [InlineData("docs/conformance.md")]
    [InlineData("docs/security.md")]
    [InlineData("docs/reliability.md")]
    public void Every_test_that_the_document_names_exists(string document)
    {
        var named = Names().Matches(Repository.Read(document)).ToList();
        var tests = new DirectoryInfo(Repository.PathOf("tests"));
        var sources = tests.EnumerateFiles("*.cs", SearchOption.AllDirectories)
            .ToLookup(file => Path.GetFileNameWithoutExtension(file.Name), file => file.FullName);

        var missing = named
            .Where(name => !sources[name.Groups["class"].Value]
                .Any(file => File.ReadAllText(file).Contains(" " + name.Groups["test"].Value + "(", StringComparison.Ordinal)))
            .Select(name => name.Value);

        Assert.NotEmpty(named);
        Assert.Empty(missing);
    }

    [GeneratedRegex("`(?<class>[A-Z][A-Za-z0-9]+)\\.(?<test>[A-Z]\\w+)`")]
    private static partial Regex Names();
}
