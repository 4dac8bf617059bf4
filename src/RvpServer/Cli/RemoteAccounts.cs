using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Rvp.Protocol;
using RvpServer.Admin;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>The accounts of the server that runs.</summary>
/// <param name="server">The server.</param>
/// <param name="directories">Its directories: both processes have one configuration.</param>
/// <param name="domain">The IM domain whose people are looked for; null: all.</param>
internal sealed class RemoteAccounts(AdminClient server, IReadOnlyList<DirectorySettings> directories, string? domain = null) : IAccounts
{
    /// <inheritdoc/>
    public bool NeedsPassword => directories.All(directory => directory.Options.Provider == DirectoryProvider.Local);

    /// <inheritdoc/>
    public bool KeepsPasswordsHere => directories.Any(directory => directory.Options is { Provider: DirectoryProvider.Ldap, Ldap.Attributes.Secrets: null });

    /// <inheritdoc/>
    public IAccounts In(string domain) =>
        new RemoteAccounts(server, [directories.FirstOrDefault(one => one.Domains.Contains(domain)) ?? directories[0]], domain);

    /// <inheritdoc/>
    public async Task<Account> AddAsync(NewAccount wanted, CancellationToken stop) =>
        (await server.DoAsync<ApiAccount>(HttpMethod.Post, "/accounts", JsonContent.Create(Of(wanted, 0)), stop)).ToAccount();

    /// <inheritdoc/>
    /// <remarks>All is read before anything is sent: a mistake in a row is found here, as without a server.</remarks>
    public async Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop)
    {
        using var lines = new MemoryStream();
        var count = 0;
        try
        {
            foreach (var (line, account) in source)
            {
                stop.ThrowIfCancellationRequested();
                JsonSerializer.Serialize(lines, Of(account, line), JsonSerializerOptions.Web);
                lines.WriteByte((byte)'\n');
                onRead(++count);
            }
        }
        catch (AccountException failure)
        {
            throw new AccountException(failure.Message + " Nothing was imported.", failure);
        }
        lines.Position = 0;
        using var content = new StreamContent(lines) { Headers = { ContentType = new MediaTypeHeaderValue(AccountApi.JsonLines) } };
        return (await server.DoAsync<ApiImported>(HttpMethod.Post, "/accounts/import", content, stop)).Imported;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop)
    {
        var all = new List<Account>();
        await foreach (var account in server.GetLinesAsync<ApiAccount>("/accounts/export", stop)) all.Add(account.ToAccount());
        return all;
    }

    /// <inheritdoc/>
    public async Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop)
    {
        var which = domain is null ? "" : "?domain=" + Escaped(domain);
        return (await server.FindAsync<ApiAccount>($"/accounts/{Escaped(address.ToString())}{which}", stop))?.ToAccount();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DirectoryPerson> FindPeopleAsync(PeopleQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        var asked = new (string Name, string? Value)[]
        {
            ("domain", domain), ("text", query.Text), ("group", query.Group), ("unit", query.Unit), ("filter", query.Filter),
            ("max", query.Max.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        };
        var conditions = string.Join('&', asked.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Escaped(pair.Value!)}"));
        await foreach (var person in server.GetLinesAsync<ApiPerson>("/people/export?" + conditions, stop)) yield return person.ToPerson();
    }

    /// <inheritdoc/>
    public Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop) => PutAsync(account, "state", new ApiState(isEnabled), stop);

    /// <inheritdoc/>
    public Task RemoveAsync(Account account, CancellationToken stop) => server.DoAsync(HttpMethod.Delete, PathOf(account, ""), null, stop);

    /// <inheritdoc/>
    public Task ForgetHistoryAsync(Account account, CancellationToken stop) => server.DoAsync(HttpMethod.Delete, PathOf(account, "/history"), null, stop);

    /// <inheritdoc/>
    public Task SetPasswordAsync(Account account, string password, CancellationToken stop) => PutAsync(account, "password", new ApiPassword(password), stop);

    /// <inheritdoc/>
    public Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop) =>
        PutAsync(account, "aliases/" + Escaped(address.ToString()), null, stop);

    /// <inheritdoc/>
    public Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop) =>
        server.DoAsync(HttpMethod.Delete, PathOf(account, "/aliases/" + Escaped(address.ToString())), null, stop);

    /// <inheritdoc/>
    public Task MoveAsync(Account account, string? home, CancellationToken stop) => PutAsync(account, "home", new ApiHome(home, Unchecked: true), stop);

    // The command has looked for the home server, or was told not to.
    private static ApiNewAccount Of(NewAccount account, int line) =>
        new(account.Address.ToString(), account.Domain, account.DisplayName, account.Home, account.Password, account.Person, Unchecked: true, line);

    private static string Escaped(string text) => Uri.EscapeDataString(text);

    private static string PathOf(Account account, string what) => $"/accounts/{Escaped(account.Email)}{what}?domain={Escaped(account.Domain)}";

    private Task PutAsync(Account account, string what, object? body, CancellationToken stop) =>
        server.DoAsync(HttpMethod.Put, PathOf(account, "/" + what), body, stop);
}
