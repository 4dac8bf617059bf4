using RvpServer.Configuration;
using RvpServer.Nodes;

namespace RvpServer.Directories;

/// <summary>Moves people between home servers in different processes, with all that is theirs. The running server does it; commands ask it to.</summary>
internal interface IMoves
{
    /// <summary>
    /// Takes an account that is at home here to another home server. When this returns, that one serves it; the directory is then to be changed
    /// (<see cref="IAccounts.MoveAsync"/>), and until it is, both servers know. An account that is there already stays. Throws <see cref="AccountException"/>
    /// if it stays here, with the reason, or if it is not known yet: then the move goes on by itself.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="home">host[:port] of the other home server.</param>
    /// <param name="stop">Ends the waiting.</param>
    Task MoveAsync(Account account, string home, CancellationToken stop);

    /// <summary>Answers another home server, or a command.</summary>
    /// <param name="message">What it says; it holds the organisation's key.</param>
    /// <param name="here">The virtual server that it has asked.</param>
    /// <param name="stop">Ends the waiting.</param>
    Task<MoveAnswer> AnswerAsync(MoveMessage message, VirtualServer here, CancellationToken stop);
}
