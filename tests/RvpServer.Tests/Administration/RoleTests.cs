using Rvp.Testing;

namespace RvpServer.Tests.Administration;

/// <summary>Every operation of the API, by the roles that may ask for it.</summary>
public sealed class RoleTests
{
    private const string View = "view", Change = "administrator", Roles = "full";

    // Operation, body, the lowest role, and whether a role for A. Datum's domain is enough.
    private static readonly (string Operation, string? Body, string Role, bool InDomain)[] Operations =
    [
        ("GET /accounts", null, View, true),
        ("GET /accounts/export", null, View, true),
        ("GET /accounts/JoBrown@adatum.com", null, View, true),
        ("GET /accounts/{address}/live", null, View, true),
        ("GET /people", null, View, true),
        ("GET /people/export", null, View, true),
        ("GET /servers", null, View, true),
        ("GET /status", null, View, false),
        ("GET /administrators", null, View, true),
        ("GET /audit", null, View, true),
        ("POST /accounts", """{"address":"new@adatum.com","password":"Pass-Word-1"}""", Change, true),
        ("POST /accounts/import", """{"address":"newer@adatum.com","password":"Pass-Word-1"}""", Change, true),
        ("PUT /accounts/{address}/state", """{"enabled":true}""", Change, true),
        ("PUT /accounts/{address}/password", """{"password":"Pass-Word-2"}""", Change, true),
        ("PUT /accounts/{address}/home", """{"home":"imhomeserver1"}""", Change, true),
        ("PUT /accounts/{address}/aliases/{alias}", null, Change, true),
        ("DELETE /accounts/{address}/aliases/{alias}", null, Change, true),
        ("DELETE /accounts/{address}/history", null, Change, true),
        ("DELETE /accounts/{address}/signins", null, Change, true),
        ("DELETE /accounts/{address}/signins/{id}", null, Change, true),
        ("DELETE /accounts/{address}", null, Change, true),
        ("PUT /administrators", """{"address":"JoBrown@adatum.com","role":"view","domain":"im.adatum.com"}""", Roles, true),
        ("PUT /administrators", """{"address":"JoBrown@adatum.com","role":"view"}""", Roles, false),
        ("DELETE /administrators?address=JoBrown@adatum.com&domain=im.adatum.com", null, Roles, true),
        ("DELETE /administrators?address=JoBrown@adatum.com", null, Roles, false),
    ];

    private static readonly string[] Ranks = [View, Change, Roles];

    [Fact]
    public async Task Each_operation_is_for_its_role_and_those_above_and_within_its_domain()
    {
        await using var server = await AdministeredServer.StartAsync();
        var wrong = new List<string>();
        foreach (var (operation, body, role, isInDomain) in Operations)
        {
            foreach (var name in AdministeredServer.Administrators.Append("JoBrown"))
            {
                using var user = server.User(name);
                var may = name != "JoBrown" && Array.IndexOf(Ranks, name.Split('-')[0]) >= Array.IndexOf(Ranks, role)
                    && (name.EndsWith("-all", StringComparison.Ordinal) || (isInDomain && IsEnough(name, operation)));
                var reply = await AskAsync(user, operation, body);
                if (reply.Status is 401 or 500 || (reply.Status != 403) != may) wrong.Add($"{name}: {operation} got {reply.Status} {reply.Detail}");
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task The_table_has_every_operation()
    {
        await using var server = await TestServer.StartAsync();
        using var anybody = ApiUser.Of(server, null);

        var described = await DescribedAsync(anybody);

        static string Shape(string operation) => operation.Split('?')[0].Replace("JoBrown@adatum.com", "{address}", StringComparison.Ordinal);
        Assert.Equal(described, Operations.Select(row => Shape(row.Operation)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_proves_nothing_is_asked_to_and_gets_nothing()
    {
        await using var server = await TestServer.StartAsync();
        using var nobody = ApiUser.Of(server, null);
        using var wrong = ApiUser.Of(server, "JoBrown@adatum.com", "Pass-Word-9");
        using var stranger = ApiUser.Of(server, "JoBrown@example.com");

        Assert.Equal(401, (await nobody.Gets("/accounts")).Status);
        Assert.Equal(401, (await wrong.Gets("/accounts")).Status);
        Assert.Equal(401, (await stranger.Gets("/accounts")).Status);
        Assert.Equal(401, (await nobody.Gets("/no-such-thing")).Status);
    }

    [Fact]
    public async Task Of_other_organisations_nothing_is_shown()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var contosos = server.User("full-contoso");

        var accounts = await contosos.Gets("/accounts");
        var elsewhere = await contosos.Gets("/accounts/JoBrown@adatum.com");
        var servers = await contosos.Gets("/servers");

        Assert.Equal(["KariHensien@contoso.com"], accounts.Json!["accounts"]!.AsArray().Select(account => (string)account!["address"]!));
        Assert.Equal(403, elsewhere.Status);
        Assert.Equal(403, (await contosos.Gets("/accounts?domain=im.adatum.com")).Status);
        Assert.Equal("contoso", (string)Assert.Single(servers.Json!.AsArray())!["name"]!);
        Assert.All((await contosos.Gets("/audit")).Json!.AsArray(), entry => Assert.Equal("im.contoso.com", (string)entry!["domain"]!));
    }

    [Fact]
    public async Task Nobody_takes_a_higher_role_by_setting_the_password_of_who_has_it()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var ofDomain = server.User("administrator-adatum");
        using var ofAll = server.User("administrator-all");

        Assert.Equal(403, (await ofDomain.Asks("PUT", "/accounts/full-adatum@adatum.com/password", """{"password":"Pass-Word-2"}""")).Status);
        Assert.Equal(403, (await ofDomain.Asks("PUT", "/accounts/view-all@adatum.com/password", """{"password":"Pass-Word-2"}""")).Status);
        Assert.Equal(403, (await ofAll.Asks("DELETE", "/accounts/full-all@adatum.com")).Status);
        Assert.Equal(204, (await ofAll.Asks("PUT", "/accounts/view-all@adatum.com/password", """{"password":"Pass-Word-2"}""")).Status);
    }

    [Fact]
    public async Task The_last_Full_Administrator_of_the_installation_stays()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");
        const string last = "full-all@adatum.com is the last Full Administrator of the installation: make somebody else one first.";

        ApiReply[] refused =
        [
            await full.Asks("DELETE", "/administrators?address=full-all@adatum.com"),
            await full.Asks("PUT", "/administrators", """{"address":"full-all@adatum.com","role":"view"}"""),
            await full.Asks("PUT", "/accounts/full-all@adatum.com/state", """{"enabled":false}"""),
            await full.Asks("DELETE", "/accounts/full-all@adatum.com"),
        ];
        Assert.All(refused, reply => Assert.Equal((422, last), (reply.Status, reply.Detail)));

        Assert.Equal(200, (await full.Asks("PUT", "/administrators", """{"address":"DonHall@adatum.com","role":"full"}""")).Status);
        Assert.Equal(200, (await full.Asks("DELETE", "/administrators?address=full-all@adatum.com")).Status);
        Assert.Equal(403, (await full.Gets("/status")).Status);
    }

    [Fact]
    public async Task A_new_account_under_the_name_of_a_removed_administrator_has_no_role()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");
        using var viewer = server.User("view-all");
        Assert.Equal(200, (await viewer.Gets("/status")).Status);

        await full.Asks("DELETE", "/accounts/view-all@adatum.com");
        await full.Asks("POST", "/accounts", $$"""{"address":"view-all@adatum.com","password":"{{TestServer.Password}}"}""");

        Assert.Equal(403, (await viewer.Gets("/status")).Status);
        Assert.DoesNotContain(
            (await full.Gets("/administrators")).Json!.AsArray(), grant => (string?)grant!["address"] == "view-all@adatum.com");
    }

    // full-contoso may list, of which nothing is of A. Datum.
    private static bool IsEnough(string name, string operation) => name.EndsWith("-adatum", StringComparison.Ordinal)
        || operation is "GET /accounts" or "GET /accounts/export" or "GET /people" or "GET /people/export" or "GET /servers" or "GET /administrators"
            or "GET /audit";

    private static Task<ApiReply> AskAsync(ApiUser user, string operation, string? body)
    {
        var path = operation.Split(' ')[1].Replace("{address}", "DonHall@adatum.com", StringComparison.Ordinal)
            .Replace("{alias}", "don@adatum.com", StringComparison.Ordinal).Replace("{id}", "7", StringComparison.Ordinal);
        return user.Asks(operation.Split(' ')[0], path, body, path.EndsWith("/import", StringComparison.Ordinal) ? "application/x-ndjson" : "application/json");
    }

    /// <summary>The operations that the OpenAPI document has.</summary>
    internal static async Task<IReadOnlyList<string>> DescribedAsync(ApiUser user)
    {
        var document = (await user.Gets("/openapi.json")).Json!;
        return
        [
            .. document["paths"]!.AsObject()
                .SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key["/api/v1".Length..]}"))
                .Order(StringComparer.Ordinal),
        ];
    }
}
