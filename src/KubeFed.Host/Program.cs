using KubeFed.Host.Cli;

var environment = new HostEnvironment
{
    Out = Console.Out,
    Error = Console.Error,
    In = Console.In,
    Interactive = !Console.IsOutputRedirected,
    Width = Console.IsOutputRedirected ? 100 : Math.Clamp(Console.WindowWidth, 80, 120),
};
return await KubefedCommandLine.RunAsync(args, environment, CancellationToken.None);
