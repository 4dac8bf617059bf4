using Microsoft.AspNetCore.Mvc;
using RvpServer.Admin;

namespace RvpServer.AdminConsole.Pages.People;

/// <summary>A plan to be looked at, its execution, and what came of it.</summary>
internal sealed class JobModel(EnablingJobs jobs) : ConsolePage
{
    /// <summary>Lines of each list.</summary>
    public const int MaxShown = 100;

    public EnablingJob Job { get; private set; } = null!;

    /// <summary>What the plan comes to.</summary>
    public string Sum => $"{Count(Job.Wanted.Count, "account", "accounts")} will be enabled, "
        + (Job.Known > 0 ? $"{Count(Job.Known, "person has", "people have")} one already, " : "")
        + (Job.Refused.Count > 0 ? $"{Count(Job.Refused.Count, "person", "people")} cannot have one." : "nobody is left out.");

    public void OnGet(string id) => Job = Find(id);

    public IActionResult OnPost(string id)
    {
        jobs.Begin(Find(id));
        return LocalRedirect(HttpContext.Request.Path);
    }

    private EnablingJob Find(string id) => jobs.Find(id, Who.Name)
        ?? throw new ApiRefusal(StatusCodes.Status404NotFound, "This plan is too old, or has ended with the server: make another.");
}
