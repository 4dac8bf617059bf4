using System.Security.Cryptography;
using System.Text;
using Rvp.Protocol;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.AdminConsole;

/// <summary>
/// The link that makes the first administrator: written to the log at a start where nobody is Full Administrator, good for one use and one hour. Whoever reads
/// the server's log could use the command line, too.
/// </summary>
internal sealed partial class FirstAdministrator(
    AdminServices services, AdminOptions options, TimeProvider clock, ILogger<FirstAdministrator> logger) : IHostedService
{
    private const string Over = "This link is used up or expired: the next start writes another, and \"rvpserver admin grant\" needs none.";

    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly Lock taking = new();
    private byte[]? code;
    private DateTimeOffset end;

    /// <summary>Writes the link, if one is needed.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Url is not { } admin || await services.HasFullAdministratorAsync()) return;
        var text = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        (code, end) = (Encoding.ASCII.GetBytes(text), clock.GetUtcNow() + Life);
        var link = new Uri(Reachable(admin), $"/first?code={text}");
        Log.Offered(logger, link);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>True while a link with this code is good.</summary>
    public bool IsGood(string? asked)
    {
        lock (taking) return IsRight(asked);
    }

    /// <summary>
    /// Makes an account the first Full Administrator; the link is worth nothing from then on. Throws <see cref="AccountException"/>, also if the link is not
    /// good.
    /// </summary>
    /// <param name="asked">The code of the link.</param>
    /// <param name="address">The account's address.</param>
    /// <param name="prepare">Proves or makes the account; throws if that does not work, and the link stays good.</param>
    /// <param name="stop">Stops it.</param>
    public async Task MakeAsync(string? asked, ImAddress address, Func<Administrator, Task> prepare, CancellationToken stop)
    {
        byte[] mine;
        lock (taking)
        {
            if (!IsRight(asked)) throw new AccountException(Over);
            (mine, code) = (code!, null);
        }
        try
        {
            var who = Administrator.OfFirstLink;
            await prepare(who);
            await services.RolesFor(who).GrantAsync(new GrantTarget.Person(address), AdminRole.FullAdministrator, domain: null, stop);
        }
        catch
        {
            lock (taking) code = mine;
            throw;
        }
    }

    private bool IsRight(string? asked) =>
        code is not null && clock.GetUtcNow() < end && asked is not null && CryptographicOperations.FixedTimeEquals(code, Encoding.ASCII.GetBytes(asked));

    // An address that means all addresses leads a browser nowhere.
    private static Uri Reachable(Uri admin) =>
        admin.IsAbsoluteUri && admin.Host is not ("0.0.0.0" or "[::]" or "*" or "+") ? admin : new UriBuilder(admin) { Host = "localhost" }.Uri;

    private static partial class Log
    {
        [LoggerMessage(EventName = "FirstAdministrator", Level = LogLevel.Information,
            Message = "Nobody administers this server yet: {Link} makes somebody Full Administrator, once, within an hour")]
        public static partial void Offered(ILogger logger, Uri link);
    }
}
