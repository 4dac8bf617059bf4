using System.Collections;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using RvpServer.Configuration;

namespace RvpServer.Tests.Configuration;

public partial class ConfigurationDocumentTests
{
    [Fact]
    public void The_document_has_every_key_with_its_default_and_no_other()
    {
        var documented = Rows().Matches(File.ReadAllText(DocumentPath())).Select(m => $"{m.Groups[1].Value} = {m.Groups[2].Value}")
            .Order(StringComparer.Ordinal).ToArray();

        var actual = Keys("Rvp", new RvpOptions()).Order(StringComparer.Ordinal).ToArray();

        Assert.Equal(actual, documented);
    }

    private static IEnumerable<string> Keys(string path, object options)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            var key = $"{path}:{property.Name}";
            var value = property.GetValue(options);
            if (property.PropertyType == typeof(IReadOnlyList<VirtualServerOptions>))
            {
                foreach (var inner in Keys(key + ":0", new VirtualServerOptions())) yield return inner;
            }
            else if (property.PropertyType == typeof(IReadOnlyDictionary<string, DomainOptions>))
            {
                foreach (var inner in Keys(key + ":im.contoso.com", new DomainOptions())) yield return inner;
            }
            else if (property.PropertyType == typeof(LdapOptions) && path.EndsWith(":im.contoso.com:Directory", StringComparison.Ordinal))
            {
                // The same as under Rvp:Directory.
                yield return key + " = `{}`";
            }
            else if (property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))
            {
                foreach (var inner in Keys(key, value!)) yield return inner;
            }
            else
            {
                yield return $"{key} = {(value is "" ? "required" : $"`{Print(value)}`")}";
            }
        }
    }

    private static string Print(object? value) => value switch
    {
        null => "null",
        bool b => b ? "true" : "false",
        int n => n.ToString(CultureInfo.InvariantCulture),
        Uri url => $"\"{url.OriginalString}\"",
        string or TimeSpan or Enum or IPNetwork => $"\"{value}\"",
        IReadOnlyDictionary<string, string> => "{}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Print))}]",
        _ => throw new InvalidOperationException($"How does one write a {value.GetType()}?"),
    };

    private static string DocumentPath([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "configuration.md");

    [GeneratedRegex(@"^\| `(Rvp:[^`]+)` \| (.+?) \| .+ \|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
