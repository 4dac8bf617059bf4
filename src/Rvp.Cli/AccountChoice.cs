using System.CommandLine;
using Rvp.Client;
using Rvp.Protocol;

namespace Rvp.Cli;

/// <summary>Decides whose account a command is for: the options come first, then the environment, then what <c>rvp signin</c> saved.</summary>
internal sealed class AccountChoice
{
    public static readonly Option<string?> Account =
        new("--account") { HelpName = "ADDRESS", Description = "Your IM address (or RVP_ACCOUNT)", Recursive = true };
    public static readonly Option<string?> PasswordFile =
        new("--password-file") { HelpName = "FILE", Description = "File whose first line is your password (or RVP_PASSWORD holds it)", Recursive = true };
    public static readonly Option<bool> PasswordStdin = new("--password-stdin") { Description = "Read the password from the first line of standard input" };
    public static readonly Option<string?> Server =
        new("--server") { HelpName = "URL", Description = "Server, in place of the DNS look-up (or RVP_SERVER)", Recursive = true };
    public static readonly Option<string?> Connection =
        new("--connection")
        {
            HelpName = "MODE",
            Description = "How news arrives: long-poll (default), poll=MINUTES, callback, ports=FIRST-LAST",
            Recursive = true,
        };

    private AccountChoice(ImAddress address, string password, Uri? server, string? passwordFile, string? connection, TimeProvider clock)
    {
        Address = address;
        PasswordFileUsed = passwordFile;
        ConnectionText = connection;
        Options = new RvpClientOptions { Address = address, Password = password, Server = server, Mode = ParseMode(connection), Clock = clock };
    }

    public ImAddress Address { get; }

    /// <summary>The file that the password came from; null if it came from elsewhere.</summary>
    public string? PasswordFileUsed { get; }

    /// <summary>How news arrives, as the user wrote it; null: not said.</summary>
    public string? ConnectionText { get; }

    public RvpClientOptions Options { get; }

    public string? ServerText => Options.Server?.ToString();

    /// <summary>Throws <see cref="ClientUsageException"/> when something is missing or wrong.</summary>
    public static AccountChoice Read(ParseResult parse, Terminal terminal, SavedFiles files)
    {
        var saved = files.Account;
        var text = Given(parse.GetValue(Account)) ?? Given(terminal.Environment("RVP_ACCOUNT")) ?? saved?.Account
            ?? throw new ClientUsageException("Which account? Give --account ADDRESS, set RVP_ACCOUNT, or sign in with rvp signin.");
        var address = ParseAddress(text);
        if (saved is not null && !(ImAddress.TryParse(saved.Account, out var known) && known.Equals(address))) saved = null;
        var server = Given(parse.GetValue(Server)) ?? Given(terminal.Environment("RVP_SERVER")) ?? saved?.Server;
        var (password, file) = ReadPassword(parse, terminal, saved, address);
        var connection = Given(parse.GetValue(Connection)) ?? saved?.Connection;
        return new AccountChoice(address, password, server is null ? null : ParseServer(server), file, connection, terminal.Clock);
    }

    private static (string Password, string? File) ReadPassword(ParseResult parse, Terminal terminal, SavedAccount? saved, ImAddress address)
    {
        if (parse.GetValue(PasswordStdin))
            return (Given(terminal.In.ReadLine()) ?? throw new ClientUsageException("Standard input holds no password."), null);
        var file = Given(parse.GetValue(PasswordFile)) is { } named ? Path.GetFullPath(named) : null;
        if (file is null && Given(terminal.Environment("RVP_PASSWORD")) is { } variable) return (variable, null);
        if ((file ?? saved?.PasswordFile) is { } path) return (FirstLine(path), path);
        return (saved?.Password ?? Given(terminal.AskSecret($"Password of {address.Shown}: "))
            ?? throw new ClientUsageException("No password: give --password-file FILE, set RVP_PASSWORD, or sign in with rvp signin."), null);
    }

    public static ImAddress ParseAddress(string text) =>
        ImAddress.TryParse(text, out var address)
            ? address
            : throw new ClientUsageException($"\"{SafeText.Line(text)}\" is no IM address: write it like JoBrown@adatum.com.");

    private static Uri ParseServer(string text) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https" && url.Host.Length > 0
            ? url
            : throw new ClientUsageException($"\"{SafeText.Line(text)}\" is no server: write it like http://im.adatum.com:8080.");

    private static ConnectionMode ParseMode(string? text)
    {
        try
        {
            if (text is null or "long-poll") return ConnectionMode.LongPoll;
            if (text is "callback") return ConnectionMode.Default;
            if (text is "poll") return ConnectionMode.Polling();
            if (text.StartsWith("poll=", StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(5), System.Globalization.CultureInfo.InvariantCulture, out var minutes))
            {
                return ConnectionMode.Polling(TimeSpan.FromMinutes(Math.Clamp(minutes, -1e6, 1e6)));
            }
            if (text.StartsWith("ports=", StringComparison.Ordinal) && text[6..].Split('-') is [var first, var last] && int.TryParse(first, out var low)
                && int.TryParse(last, out var high))
            {
                return ConnectionMode.FixedPorts(low, high);
            }
        }
        catch (ArgumentException e)
        {
            throw new ClientUsageException(e.Message);
        }
        throw new ClientUsageException($"--connection is \"{SafeText.Line(text)}\": write long-poll, poll=MINUTES, callback or ports=FIRST-LAST.");
    }

    private static string FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault() is { Length: > 0 } line ? line : throw new FailedException($"{path} holds no password.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"The password file {path} cannot be read.");
        }
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
