using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Protocol;
using RvpServer;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Home;
using RvpServer.Storage;

namespace Rvp.Testing;

/// <summary>
/// The real host on loopback: every part as in production, but a port of its own, a data folder of its own and, where a test needs hours to
/// pass, a clock of its own. A home server of im.adatum.com with Jo Brown and Kari Hensien, unless a test says otherwise. With RVP_TEST_STORE=Cluster it is
/// three processes, see <see cref="TestCluster"/>: what people ask goes to all of them in turn, what a test sends itself goes to the first.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string Password = "Pass-Word-1";

    private static readonly IReadOnlyList<TestAccount> JoAndKari = [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien")];

    private const string SecretName = "postgres.secret";

    private static readonly FileStreamOptions PrivateFile = OperatingSystem.IsWindows()
        ? new() { Mode = FileMode.Create, Access = FileAccess.Write }
        : new() { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };

    private static readonly TestStore MeantStore = Enum.Parse<TestStore>(Environment.GetEnvironmentVariable("RVP_TEST_STORE") ?? nameof(TestStore.Sqlite));

    private readonly TempFolder folder;
    private readonly Dictionary<string, string?> configuration;
    private readonly Action<IServiceCollection>? replace;
    private readonly TestCluster? cluster;
    private IReadOnlyList<WebApplication> apps = [];
    private IReadOnlyList<int> ports = [];
    private int asked;

    private TestServer(
        TempFolder folder, Dictionary<string, string?> configuration, FakeTimeProvider? clock, Action<IServiceCollection>? replace, TestCluster? cluster)
    {
        this.folder = folder;
        this.configuration = configuration;
        this.replace = replace;
        this.cluster = cluster;
        Clock = clock;
    }

    /// <summary>Where the server's data is.</summary>
    public string Folder => folder.Path;

    /// <summary>The clock that the test moves; null where time is real.</summary>
    public FakeTimeProvider? Clock { get; }

    /// <summary>Where RVP is served.</summary>
    public int Port { get; private set; }

    /// <summary>Where RVP and the web client are served over https; 0: nowhere.</summary>
    public int HttpsPort { get; private set; }

    /// <summary>Where administrators look.</summary>
    public int AdminPort { get; private set; }

    public IServiceProvider Services => apps[0].Services;

    /// <summary>Those of each process.</summary>
    public IReadOnlyList<IServiceProvider> Processes => [.. apps.Select(app => app.Services)];

    /// <summary>Starts a server.</summary>
    /// <param name="overrides">Configuration keys below <c>Rvp:</c>, for example <c>Presence:Blocking</c>; null removes one.</param>
    /// <param name="clock">A clock of the test's.</param>
    /// <param name="accounts">Who has an account; Jo and Kari where left out.</param>
    /// <param name="replace">Puts parts of the test's in place of the usual ones, such as its DNS.</param>
    /// <param name="port">Where it listens, if that must be known before: see <see cref="FreePort"/>.</param>
    /// <param name="certificate">It listens with this over https, too.</param>
    /// <param name="store">Where its store is; null: as RVP_TEST_STORE says for all tests that do not care.</param>
    public static async Task<TestServer> StartAsync(
        IReadOnlyDictionary<string, string?>? overrides = null, FakeTimeProvider? clock = null, IReadOnlyList<TestAccount>? accounts = null,
        Action<IServiceCollection>? replace = null, int port = 0, WebCertificate? certificate = null, TestStore? store = null)
    {
        var folder = new TempFolder();
        var configuration = TestConfiguration.MakeOnLoopback(folder.Path, overrides ?? new Dictionary<string, string?>());
        var cluster = (store ?? MeantStore) == TestStore.Cluster ? new TestCluster() : null;
        if (cluster is not null) UsePostgres(folder, configuration, await TestPostgres.CreateForClusterAsync());
        else if ((store ?? MeantStore) == TestStore.Postgres) UsePostgres(folder, configuration, await TestPostgres.CreateAsync());
        var server = new TestServer(folder, configuration, clock, replace, cluster) { Port = port };
        if (certificate is not null) server.UseCertificate(certificate);
        foreach (var account in accounts ?? JoAndKari) await server.AddAccountAsync(account);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts one that serves two organisations: A. Datum with Jo Brown, and Contoso with Kari Hensien.</summary>
    /// <param name="overrides">Further configuration keys below <c>Rvp:</c>.</param>
    public static Task<TestServer> StartForTwoOrganisationsAsync(IReadOnlyDictionary<string, string?>? overrides = null) => StartAsync(
        new Dictionary<string, string?>(overrides ?? new Dictionary<string, string?>())
        {
            ["MailDomains:contoso.com"] = "im.contoso.com",
            ["VirtualServers:1:Name"] = "contoso",
            ["VirtualServers:1:Domain"] = "im.contoso.com",
            ["VirtualServers:1:HostNames:0"] = "im.contoso.com",
        },
        accounts: [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@contoso.com", "Kari Hensien", "im.contoso.com", "contoso")]);

    /// <summary>Starts the server on what an earlier one left in the folder, at the same port: clients come back to where they were.</summary>
    public async Task StartAgainAsync()
    {
        // Never one that the system gives to whoever asks for any: somebody would have it while this server is down.
        if (Port == 0) Port = FreePort.Take();
        configuration["Urls"] = $"http://127.0.0.1:{Port}" + (HttpsPort != 0 ? $";https://127.0.0.1:{HttpsPort}" : "");
        apps = [.. (cluster?.ConfigurationsOf(configuration, Folder) ?? [configuration]).Select(Build)];
        await (cluster?.StartAsync(apps) ?? ServerHost.StartAsync(apps[0], CancellationToken.None));
        ports = [.. apps.Select(app => PortsOf(app)[0])];
        (Port, AdminPort) = (ports[0], PortsOf(apps[0])[^1]);
    }

    /// <summary>Tries to start another server on the same data, as a process of its own would.</summary>
    public async Task StartSecondAsync()
    {
        await using var second = Build(new Dictionary<string, string?>(configuration) { ["Urls"] = "http://127.0.0.1:0" });
        await ServerHost.StartAsync(second, CancellationToken.None);
    }

    /// <summary>Stops in good order; of several processes one after the other, as they are replaced.</summary>
    public async Task StopAsync()
    {
        foreach (var app in apps)
        {
            await ServerHost.StopAsync(app);
            await app.DisposeAsync();
        }
        apps = [];
    }

    /// <summary>
    /// A copy of the data as a power cut at this moment would leave it, served by another server. This one goes on running; the test has no more
    /// use for it. Where the data is in PostgreSQL, the other server takes it away from this one. Three processes are ended, since the others have their
    /// addresses, and get a copy, since they would hand over what a power cut leaves.
    /// </summary>
    /// <param name="damage">What else the power cut does to the files in the folder, before the other server starts.</param>
    public async Task<TestServer> AfterPowerCutAsync(Action<string>? damage = null)
    {
        var copied = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            // What a process alone has, and does not outlive it.
            if (file.EndsWith("-shm", StringComparison.Ordinal) || Path.GetExtension(file) == ".sock" || Path.GetFileName(file) == DataLock.Name) continue;
            var target = copied.File(Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using var copy = new FileStream(target, PrivateFile);
            await source.CopyToAsync(copy);
        }
        damage?.Invoke(copied.Path);
        var settings = new Dictionary<string, string?>(configuration) { ["Rvp:DataDirectory"] = copied.Path };
        if (cluster is not null)
        {
            UsePostgres(copied, settings, await TestPostgres.CopyAsync(await File.ReadAllTextAsync(folder.File(SecretName))));
            await KillAsync();
        }
        var other = new TestServer(copied, settings, Clock, replace, cluster?.AfterPowerCut());
        await other.StartAgainAsync();
        return other;
    }

    /// <summary>Enables an account, as the command line does, beside a running server.</summary>
    public Task AddAccountAsync(string address, string display) => AddAccountAsync(new TestAccount(address, display));

    /// <summary>Enables an account, as the command line does, beside a running server.</summary>
    public async Task AddAccountAsync(TestAccount account)
    {
        await AskAccountsAsync(accounts => accounts.AddAsync(
            new NewAccount(account.Domain, TestAccount.AddressOf(account.Address), account.Display, account.Home, account.Password), CancellationToken.None));
    }

    /// <summary>Deletes an account, as the command line does, beside a running server.</summary>
    public Task RemoveAccountAsync(string address) => ChangeAsync(address, (accounts, account) => accounts.RemoveAsync(account, CancellationToken.None));

    /// <summary>Disables an account, as the command line does, beside a running server.</summary>
    public Task DisableAccountAsync(string address) =>
        ChangeAsync(address, (accounts, account) => accounts.SetEnabledAsync(account, false, CancellationToken.None));

    /// <summary>Gives an account another password, as the command line does, beside a running server.</summary>
    public Task SetPasswordAsync(string address, string password) =>
        ChangeAsync(address, (accounts, account) => accounts.SetPasswordAsync(account, password, CancellationToken.None));

    /// <summary>An account as it is in the store.</summary>
    public async Task<Account> FindAccountAsync(string address) =>
        await AskAccountsAsync(accounts => accounts.FindAsync(TestAccount.AddressOf(address), null, CancellationToken.None))
        ?? throw new InvalidOperationException(address);

    /// <summary>
    /// How long the first of a node's subscriptions and the first of its states still last, and until a sign-in that polls is silent; as long as can be if
    /// there is none.
    /// </summary>
    public async Task<(TimeSpan Subscription, TimeSpan State, TimeSpan Silence)> ShortestLeasesAsync(RvpUrl url)
    {
        var slot = Processes.Select(process => process.GetRequiredService<NodeTurns>().Find(url)).First(found => found is not null)!;
        using var turn = await slot.TakeTurnAsync(CancellationToken.None);
        var node = slot.Node;
        var now = Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var subscriptions = node.SignIns.Concat(node.Watches).Select(subscription => subscription.ExpiresAt - now);
        var states = node.Views.SelectMany(view => view.Values.Values).Select(value => value.ExpiresAt - now ?? TimeSpan.MaxValue);
        var silences = node.SignIns.Select(signIn => signIn.SilentAt - now ?? TimeSpan.MaxValue);
        return (Shortest(subscriptions), Shortest(states), Shortest(silences));

        static TimeSpan Shortest(IEnumerable<TimeSpan> times) => times.Append(TimeSpan.MaxValue).Min();
    }

    /// <summary>Waits until no notification is under way: a clock that is moved meanwhile would make it one without an answer.</summary>
    public async Task SettlesAsync()
    {
        await NewsHaveCrossedAsync();
        var outboxes = Processes.Select(process => process.GetRequiredService<Outbox>()).ToList();
        await Deadline.Until(
            () => outboxes.All(outbox => outbox.Kinds.All(kind => outbox.CountWaiting(kind) == 0)), "nothing is under way", () => "something is");
    }

    /// <summary>Waits until no news are on their way from one process to another.</summary>
    public Task NewsHaveCrossedAsync() => cluster is null ? Task.CompletedTask : TestCluster.NewsHaveCrossedAsync(Processes);

    private async Task ChangeAsync(string address, Func<Accounts, Account, Task> change)
    {
        var account = await FindAccountAsync(address);
        await AskAccountsAsync(async accounts =>
        {
            await change(accounts, account);
            return true;
        });
    }

    // As the command line does: with a connection of its own.
    private async Task<T> AskAccountsAsync<T>(Func<Accounts, Task<T>> ask)
    {
        var settings = RvpSettings.Read(TestConfiguration.Root(configuration), Folder);
        var database = ConfiguredDatabase.Open(settings);
        await using var owned = database as IAsyncDisposable;
        return await ask(new Accounts(database, SecretVault.OpenKeys(database, Folder), PasswordSecrets.MakerOf(settings), new PasswordRules(1)));
    }

    private static void UsePostgres(TempFolder folder, Dictionary<string, string?> configuration, string connection)
    {
        configuration["Rvp:Storage:Provider"] = nameof(StorageProvider.Postgres);
        configuration["Rvp:Storage:ConnectionStringFile"] = folder.WriteSecret(SecretName, connection);
    }

    private static IReadOnlyList<int> PortsOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        return [.. addresses.Select(address => new Uri(address).Port)];
    }

    private WebApplication Build(Dictionary<string, string?> own)
    {
        var root = TestConfiguration.Root(own);
        return ServerHost.Build(root, RvpSettings.Read(root, Folder), "Production", Clock ?? TimeProvider.System, services =>
        {
            if (cluster is not null) TestCluster.LeaveMachinesTheirTime(services);
            replace?.Invoke(services);
        });
    }

    private async Task KillAsync()
    {
        foreach (var app in apps) await TestCluster.KillAsync(app);
        apps = [];
    }

    /// <summary>A person with this account name.</summary>
    public Person Person(string name, string domain = "im.adatum.com", string password = Password) => new(this, name, domain, password);

    /// <summary>The number of the process that is asked next: each in turn.</summary>
    public int NextProcess() => (Interlocked.Increment(ref asked) & int.MaxValue) % ports.Count;

    /// <summary>Sends text as it is on a connection of its own and reads the answer.</summary>
    /// <param name="request">The text.</param>
    /// <param name="process">The number of the process.</param>
    public Task<RawAnswer> AskAsync(string request, int process = 0) => RawConnection.AskAsync(ports[process], request);

    /// <summary>Connects, from an address of this machine's if one is named.</summary>
    public Task<RawConnection> ConnectAsync(IPAddress? from = null) => RawConnection.OpenAsync(new IPEndPoint(IPAddress.Loopback, Port), from);

    private void UseCertificate(WebCertificate certificate)
    {
        HttpsPort = FreePort.Take();
        configuration["Kestrel:Certificates:Default:Path"] = certificate.Path;
        configuration["Kestrel:Certificates:Default:KeyPath"] = certificate.KeyPath;
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is null)
        {
            await StopAsync();
        }
        else
        {
            // Three that hand over to each other take a while, and what they do then is none of the test's matter.
            await KillAsync();
            await TestPostgres.DropAsync(await File.ReadAllTextAsync(folder.File(SecretName)));
        }
        folder.Dispose();
    }
}

/// <summary>Where the store of a test's server is.</summary>
internal enum TestStore
{
    /// <summary>In a file.</summary>
    Sqlite,

    /// <summary>In PostgreSQL, for one process.</summary>
    Postgres,

    /// <summary>In PostgreSQL, for three.</summary>
    Cluster,
}

/// <summary>An account of a test.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Display">Its display name.</param>
/// <param name="Domain">Its IM domain.</param>
/// <param name="Home">Its home server: a virtual server's name or a host; null for any.</param>
/// <param name="Password">Its password.</param>
internal sealed record TestAccount(
    string Address, string Display, string Domain = "im.adatum.com", string? Home = "imhomeserver1", string Password = TestServer.Password)
{
    /// <summary>An address that a test has written down.</summary>
    public static ImAddress AddressOf(string text) => ImAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text, nameof(text));
}
