using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Reliability.Crash;

/// <summary>
/// An administrator who adds accounts and sets passwords by the command line beside the server, which is killed in the middle of it now and then.
/// </summary>
internal sealed class Clerk(RealServer server, Random random)
{
    // What each account's password may be; an empty one stands for no account.
    private readonly Dictionary<string, HashSet<string>> accounts = [];
    private int written;

    public int Promises { get; private set; }

    public async Task ActAsync()
    {
        var password = string.Create(CultureInfo.InvariantCulture, $"Clerk-Word-{++written}");
        var isNew = accounts.Count == 0 || random.Next(2) == 0;
        var name = isNew ? string.Create(CultureInfo.InvariantCulture, $"Added{written}") : accounts.Keys.ElementAt(random.Next(accounts.Count));
        if (!isNew && accounts[name].Contains("")) return;
        using var command = isNew
            ? server.BeginCommand("user", "add", name + "@adatum.com", "--display", name, "--password-stdin")
            : server.BeginCommand("user", "passwd", name + "@adatum.com", "--password-stdin");
        var running = RealServer.EndCommandAsync(command, password + "\n");
        if (random.Next(2) == 0)
        {
            // It takes about a second: mostly in the middle.
            await Task.WhenAny(running, Task.Delay(random.Next(300, 1500)));
            command.Kill();
        }
        var ran = await running;
        if (isNew) accounts[name] = [""];
        if (ran.Code == 0)
        {
            accounts[name].Clear();
            Promises++;
        }
        accounts[name].Add(password);
    }

    /// <summary>After a start: accounts without the password that they must have, a line each.</summary>
    public async Task<List<string>> JudgeAsync()
    {
        List<string> broken = [];
        foreach (var (name, passwords) in accounts.ToList())
        {
            List<string> good = [];
            foreach (var password in passwords.Where(password => password.Length > 0))
            {
                if (await ProvesAsync(name, password)) good.Add(password);
            }
            var isAbsent = good.Count == 0 && passwords.Contains("");
            if (good.Count != 1 && !isAbsent) broken.Add($"account {name}: {good.Count} of its passwords {string.Join(", ", passwords)} are good");
            accounts[name] = isAbsent ? [""] : [.. good];
            if (isAbsent || good.Count == 0) accounts.Remove(name);
        }
        return broken;
    }

    private async Task<bool> ProvesAsync(string name, string password)
    {
        await using var member = new Member(name, () => server.Port, password: password);
        return await member.Tries(person => person.ReadsAcl()) is { Status: 200 };
    }
}
