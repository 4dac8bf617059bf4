using System.Globalization;
using RvpServer.Administration;
using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>Enables many people whom an LDAP directory has, or only says what would become of them.</summary>
/// <param name="context">The command.</param>
/// <param name="home">Everybody's home server; null: the domain's first.</param>
/// <param name="domain">Everybody's IM domain; null: that of the mail address, or the only one.</param>
/// <param name="search">Looks whether the home server is there; null: it is taken as it is.</param>
internal sealed class UserBulk(CommandContext<UserSubject> context, string? home, string? domain, HomeSearch? search)
{
    private readonly BulkEnabling enabling = new(context.Subject.Accounts, context.Subject.Homes, home, domain);

    /// <summary>Enables those that a query finds.</summary>
    public async Task<int> RunAsync(PeopleQuery query, bool isPreview, CancellationToken stop)
    {
        await enabling.PlanAsync(query, isPreview, stop);
        if (search is not null) await enabling.RequireHomesAsync(search, stop);
        if (isPreview)
        {
            foreach (var one in enabling.Wanted) context.Out.WriteLine($"{one.Address.Shown} on {one.Home}: {one.Person}");
            WriteRefused(0);
            context.Out.WriteLine(Sum("would be enabled", enabling.Wanted.Count));
            return ExitCode.Done;
        }
        var planned = enabling.Refused.Count;
        WriteRefused(0);
        try
        {
            await enabling.RunAsync(ShowProgress, stop);
        }
        finally
        {
            // Also of what a directory that is away has left undone.
            if (context.IsInteractive && enabling.Wanted.Count > 0) context.Error.WriteLine();
            WriteRefused(planned);
            context.Out.WriteLine(Sum("enabled", enabling.Done));
            if (enabling.Done + enabling.Refused.Count - planned < enabling.Wanted.Count)
                context.Out.WriteLine("It was stopped: run it again to go on with the rest.");
        }
        await UserReach.WarnAsync(context, enabling.Wanted is [var first, ..] ? first.ToAccount() : null, stop);
        return enabling.Refused.Count == planned ? ExitCode.Done : ExitCode.Failed;
    }

    private void ShowProgress()
    {
        if (context.IsInteractive) context.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{enabling.Done} of {enabling.Wanted.Count} enabled"));
    }

    private void WriteRefused(int from)
    {
        foreach (var line in enabling.Refused.Skip(from)) context.Out.WriteLine("Not " + line);
    }

    private string Sum(string what, int count) => string.Create(CultureInfo.InvariantCulture,
        $"{count} {what}, {enabling.Known} had an account already, {enabling.Refused.Count} cannot have one.");
}
