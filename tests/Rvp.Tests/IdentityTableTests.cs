using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Rvp.Protocol;

namespace Rvp.Tests;

/// <summary>The table that the web client's rule is tested with, too.</summary>
public partial class IdentityTableTests
{
    [Fact]
    public void A_URL_is_an_identity_in_one_form_only()
    {
        var wrong = new List<string>();
        foreach (var line in File.ReadLines(TablePath()).Where(line => !line.StartsWith('#')))
        {
            var cells = line.Split('\t').Select(Unescape).ToArray();
            var isIdentity = RvpUrl.TryParseIdentity(cells[0], out var url) && !url.IsBareHost;
            var read = isIdentity ? [url!.Host, url.Port.ToString(CultureInfo.InvariantCulture), url.AliasName!] : Array.Empty<string>();
            if (!read.SequenceEqual(cells.Skip(1))) wrong.Add(line);
        }
        Assert.Empty(wrong);
    }

    private static string Unescape(string cell) =>
        Escape().Replace(cell, match => ((char)int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    private static string TablePath([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "identities.tsv");

    [GeneratedRegex(@"\\u([0-9a-f]{4})")]
    private static partial Regex Escape();
}
