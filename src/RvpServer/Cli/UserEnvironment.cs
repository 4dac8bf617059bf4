using System.CommandLine;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Cli;

/// <summary>How the commands get at the configured accounts; may throw <see cref="Storage.StoreException"/> when the store cannot be opened.</summary>
internal sealed record UserCommandContext(Func<ParseResult, UserEnvironment> Open);

/// <summary>What the user commands work on.</summary>
/// <param name="Accounts">The directory's write side.</param>
/// <param name="Domains">The configured IM domains.</param>
/// <param name="In">For <c>--password-stdin</c> and <c>import -</c>.</param>
/// <param name="Out">Results.</param>
/// <param name="Error">Complaints, prompts and progress.</param>
internal sealed record UserEnvironment(
    IAccounts Accounts,
    ImDomains Domains,
    TextReader In,
    TextWriter Out,
    TextWriter Error) : IDisposable
{
    /// <summary>Releases what was opened for it.</summary>
    public IDisposable? Owned { get; init; }

    /// <summary>True where a person sits there, who can be asked and shown progress.</summary>
    public bool IsInteractive => ReferenceEquals(In, Console.In) && !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <inheritdoc/>
    public void Dispose() => Owned?.Dispose();
}
