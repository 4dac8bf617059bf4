using System.Text.RegularExpressions;
using Rvp.Testing;
using RvpServer.Interop.Curl;

namespace RvpServer.Interop.Pidgin;

/// <summary>Pidgin takes the white space between two elements for the first of them, and crashes. [client]</summary>
public sealed partial class ReadmeMessageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pidgin_shows_the_message_of_the_README_with_line_breaks_between_its_elements(bool isEverywhere)
    {
        const string authentication = """{ "Schemes": ["Digest", "Ntlm"], "NtlmDomain": "ADATUM" }""";
        await using var server = await RunningServer.StartAsync("127.0.0.11", authentication);
        await using var kari = PurpleClient.Start(server.AddressOf("KariHensien"), RunningServer.KariPassword);
        var jo = new CurlUser(server, "JoBrown", RunningServer.JoPassword, Scheme: "digest");
        await kari.SignsIn();

        foreach (var text in new[] { "Let's have lunch", "Noon?" })
        {
            var answer = await jo.Sends("NOTIFY", "KariHensien", ["RVP-Ack-Type: DeepOr"], MessageOfTheReadme(server, text, isEverywhere));

            Assert.Equal("HTTP/1.1 200 Successful", answer.StatusLine);
            await kari.HearsMessage(server.AddressOf("JoBrown"), text);
        }
    }

    /// <summary>
    /// The document between the two X of the README's function <c>message</c>, its variables replaced. The plugin survives the line breaks that
    /// stand there, and crashes where they stand everywhere.
    /// </summary>
    private static string MessageOfTheReadme(RunningServer server, string text, bool isEverywhere)
    {
        var readme = Repository.Read("README.md");
        var document = MessageFunction().Match(readme).Groups["document"].Value;
        Assert.Contains("</r:notification-from>\n<r:notification-to>", document, StringComparison.Ordinal);
        if (isEverywhere) document = BetweenTags().Replace(document, ">\n  <");
        return document.Replace("$S/", server.UrlOf(""), StringComparison.Ordinal).Replace("$1", text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^message\(\) \{ cat <<X\n(?<document>.*?)^X$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex MessageFunction();

    [GeneratedRegex(@"(?<!\])><(?!!)")]
    private static partial Regex BetweenTags();
}
