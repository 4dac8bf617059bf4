using Microsoft.AspNetCore.Mvc;
using RvpServer.Administration;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Network;

namespace RvpServer.AdminConsole.Pages.People;

/// <summary>Plans the enabling of many people: from a file, or from the directory.</summary>
// Files have passwords: they stay in memory.
[RequestSizeLimit(MaxBytes)]
[RequestFormLimits(MultipartBodyLengthLimit = MaxBytes, MemoryBufferThreshold = MaxBytes)]
internal sealed class ImportModel(AdminServices services, UserHomes homes, HomeSearch search, ImDomains domains, EnablingJobs jobs, RvpSettings settings)
    : ConsolePage
{
    // A hundred thousand accounts with all that an import may say of them.
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>True if the directory knows people who have no account.</summary>
    public bool HasPeople => settings.Directories.Any(directory => directory.Options.Provider == DirectoryProvider.Ldap);

    public string Columns => HasPeople ? "address,home,password,person" : "address,display,home,password";

    public string? Problem { get; private set; }

    public void OnGet() => RequireSome();

    public async Task<IActionResult> OnPostFileAsync(IFormFile? file, CancellationToken stop)
    {
        RequireSome();
        if (file is null) return Fail("Choose a file.");
        try
        {
            var accounts = services.AccountsFor(Who);
            using var text = new StreamReader(file.OpenReadStream(), Charsets.Utf8OrLatin1);
            List<(int Line, NewAccount Account)> rows = [.. UserImport.Read(text, homes, accounts.NeedsPassword)];
            foreach (var domain in rows.Select(row => row.Account.Domain).Distinct()) Who.Require(AdminRole.Administrator, domain);
            rows = [.. await search.RequireAsync(rows, stop)];
            return rows.Count == 0 ? Fail("The file has a header and nobody below it.") : Show(EnablingJob.Of(rows, accounts, Who));
        }
        catch (AccountException failure)
        {
            return Fail(failure.Message);
        }
    }

    public async Task<IActionResult> OnPostPeopleAsync(string? group, string? unit, string? filter, string? home, string? domain, CancellationToken stop)
    {
        RequireSome();
        var query = new PeopleQuery { Group = Typed(group), Unit = Typed(unit), Filter = Typed(filter) };
        if ((query.Group ?? query.Unit ?? query.Filter) is null) return Fail("Name a group, a unit or a filter.");
        try
        {
            var plan = new BulkEnabling(services.AccountsFor(Who), homes, Typed(home), Typed(domain));
            await plan.PlanAsync(query, isPreview: true, stop);
            await plan.RequireHomesAsync(search, stop);
            return Show(EnablingJob.Of(plan, Who));
        }
        catch (AccountException failure)
        {
            return Fail(failure.Message);
        }
    }

    private void RequireSome()
    {
        if (!domains.All.Any(domain => MayChange(domain.Name))) Who.Require(AdminRole.Administrator, domain: null);
    }

    private LocalRedirectResult Show(EnablingJob job) => LocalRedirect("/people/jobs/" + jobs.Add(job));

    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Fail(string text)
    {
        Problem = text;
        return Page();
    }
}
