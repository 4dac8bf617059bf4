using Microsoft.AspNetCore.Mvc;
using RvpServer.Administration;
using RvpServer.Cli;
using RvpServer.Cli.Selftest;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.AdminConsole.Pages;

/// <summary>Plays the seven scenarios against this server.</summary>
internal sealed class SelftestModel(ConsoleSelftest selftest, AdminServices services, RvpSettings settings, UserHomes homes, HomeSearch search)
    : ConsolePage
{
    // It makes accounts in every domain.
    public bool MayRun => Who.Has(AdminRole.Administrator, domain: null);

    public IReadOnlyList<SelftestStep> Steps => selftest.Steps;

    public bool IsRunning => selftest.IsRunning;

    public string? Result => selftest.Result;

    public bool HasFailed => selftest.HasFailed;

    public void OnGet() => Who.Require(AdminRole.ViewOnly, domain: null);

    public IActionResult OnPost()
    {
        Who.Require(AdminRole.Administrator, domain: null);
        var subject = new SelftestSubject(settings, new UserSubject(services.AccountsFor(Who), homes, search));
        return selftest.TryBegin(subject) ? LocalRedirect("/selftest") : Refuse("It is running already.");
    }
}
