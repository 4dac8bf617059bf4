using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Interop.Pidgin;

/// <summary>
/// A person at Pidgin: its own RVP plugin, in a process without a display (purple/purple_driver). The methods are the words of the
/// tests' stories; each waits until it has happened, and fails with everything that did happen.
/// </summary>
internal sealed partial class PurpleClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Each of the five requests may run into the plugin's time-out of 30 s once, and still sign in.</summary>
    private static readonly TimeSpan SignInPatience = TimeSpan.FromSeconds(60);

    private readonly TempFolder folder = new();
    private readonly Arrivals<string> heard = new();
    private readonly Process process;

    private PurpleClient(string address, string password, string windowsDomain, Machine machine)
    {
        Address = address;
        // "domain" must be set, even to nothing: the plugin crashes on an offer of NTLM without it. [client]
        var start = machine.Command(
            BuiltPrograms.PidginDriver, folder.Path, address, password, $"myhost={machine.Address}", $"domain={windowsDomain}");
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        start.StandardOutputEncoding = start.StandardErrorEncoding = Encoding.UTF8;
        // The plugin asks for an SRV record of an IP address: where no DNS server answers, it must not wait long.
        start.Environment["RES_OPTIONS"] = "timeout:1 attempts:1";
        start.Environment["HOME"] = folder.Path;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("The Pidgin driver is missing: make -C tests/RvpServer.Interop/purple", e);
        }
        process.OutputDataReceived += (_, e) => Note(e.Data, prefix: "");
        process.ErrorDataReceived += (_, e) => Note(e.Data, prefix: "stderr ");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Address { get; }

    /// <summary>Starts the client; it signs in when told so.</summary>
    /// <param name="address">name@domain; without DNS, the domain is the server's address.</param>
    /// <param name="password">The password.</param>
    /// <param name="windowsDomain">What the user has typed as "Auth Domain": goes before the name, as in <c>ADATUM\JoBrown</c>.</param>
    /// <param name="machine">The machine the person sits at.</param>
    public static PurpleClient Start(string address, string password, string windowsDomain = "", Machine? machine = null) =>
        new(address, password, windowsDomain, machine ?? Machine.This);

    /// <summary>The texts of the messages received so far.</summary>
    public IEnumerable<string> Messages => heard.All.Select(TextOfMessage).OfType<string>();

    /// <summary>
    /// What the contact was seen to become so far, in that order. The plugin says the same status twice where it has watched twice; that the
    /// server tells no one what they know already is proven on the wire (Verbs).
    /// </summary>
    public IReadOnlyList<string> StatusesOf(PurpleClient contact) => StatusesOf(contact.Address);

    /// <summary>The same of somebody with another client.</summary>
    public IReadOnlyList<string> StatusesOf(string address)
    {
        var seen = new List<string>();
        foreach (var status in heard.All.Where(e => e.StartsWith($"buddy-is {address} ", StringComparison.Ordinal)).Select(e => e.Split(' ')[2]))
            if (seen.Count == 0 || seen[^1] != status) seen.Add(status);
        return seen;
    }

    /// <summary>Everything that happened at this client, for failure messages.</summary>
    public string Transcript => heard.Print();

    public async Task SignsIn()
    {
        await SendAsync("connect");
        await Hears($"^signed-on {Regex.Escape(Address)}$", SignInPatience);
    }

    public Task TriesToSignIn() => SendAsync("connect");

    public Task Adds(PurpleClient other) => Adds(other.Address);

    public Task Adds(string address) => SendAsync($"add {address}");

    /// <summary>Hands a message over to the plugin; libpurple's text is HTML, so that plain text must be escaped.</summary>
    public Task Says(PurpleClient to, string text) => Says(to.Address, text);

    /// <summary>The same to somebody with another client.</summary>
    public Task Says(string address, string text) => SendAsync($"im {address} {Escape(text)}");

    public Task Types(PurpleClient to) => SendAsync($"typing {to.Address}");

    public Task SetsStatus(string id) => SendAsync($"status {id}");

    public Task Blocks(PurpleClient other) => SendAsync($"block {other.Address}");

    public Task Unblocks(PurpleClient other) => SendAsync($"unblock {other.Address}");

    public async Task SignsOut()
    {
        await SendAsync("disconnect");
        await Hears("^signed-out$");
    }

    public Task HearsMessage(PurpleClient from, string text) => HearsMessage(from.Address, text);

    public Task HearsMessage(string from, string text) =>
        TakeAsync(e => e.StartsWith($"received-im {from} ", StringComparison.Ordinal) && TextOfMessage(e) == text, $"\"{text}\" from {from}", Patience);

    /// <summary>What Pidgin writes into the conversation when the server answered 404 or 412.</summary>
    public Task HearsThatItWasNotDelivered(PurpleClient to, string text) =>
        Hears($"^shown {Regex.Escape(to.Address)} .*could not be delivered.*{Regex.Escape(Escape(text))}");

    public Task SeesTyping(PurpleClient who) => Hears($"^typing {Regex.Escape(who.Address)}$");

    public Task SeesStatus(PurpleClient who, string status) => SeesStatus(who.Address, status);

    /// <param name="address">As this person's list spells it.</param>
    /// <param name="status">The plugin's id, which is RVP's own word.</param>
    public Task SeesStatus(string address, string status) => Hears($"^buddy-is {Regex.Escape(address)} {Regex.Escape(status)}$");

    /// <summary>Waits for an event, and takes it: the next wait looks for another one.</summary>
    public Task<string> Hears(string pattern, TimeSpan? deadline = null) =>
        TakeAsync(e => Regex.IsMatch(e, pattern), pattern, deadline ?? Patience);

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>The plugin wraps what it received into a FONT element made from X-MMS-IM-Format.</summary>
    private static string? TextOfMessage(string line)
    {
        var match = ReceivedMessage().Match(line);
        return match.Success ? WebUtility.HtmlDecode(match.Groups["text"].Value) : null;
    }

    [GeneratedRegex("^received-im [^ ]+ text=(?:<FONT [^>]*>)?(?<text>.*?)(?:</FONT>)?$")]
    private static partial Regex ReceivedMessage();

    /// <summary>The driver stamps each event with the seconds since its start.</summary>
    [GeneratedRegex(@"^\d+\.\d+ ")]
    private static partial Regex Stamp();

    private async Task<string> TakeAsync(Func<string, bool> isWanted, string wanted, TimeSpan deadline) =>
        await heard.TakeAsync(isWanted, $"At {Address}: {wanted}", deadline);

    private async Task SendAsync(string command)
    {
        Assert.DoesNotContain('\n', command);
        await process.StandardInput.WriteLineAsync(command);
        await process.StandardInput.FlushAsync();
    }

    private void Note(string? line, string prefix)
    {
        if (line is null)
        {
            heard.End("the client has ended");
        }
        else
        {
            heard.Add(prefix + Stamp().Replace(line, ""));
        }
    }
}
