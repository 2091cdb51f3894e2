namespace KubeFed.Host.Tests.Kubectl;

/// <summary>What the tests give kubectl to apply.</summary>
internal static class Manifests
{
    public static string Deployment(string image = "nginx:1", int replicas = 2) =>
        $$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: {{{replicas}}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: web, image: "{{{image}}}", ports: [{containerPort: 80}]}
        """;

    /// <summary>A definition whose group is the namespace's, so that tests on one cluster stay apart.</summary>
    public static string Definition(string group) =>
        $$$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.{{{group}}}}
        spec:
          group: {{{group}}}
          scope: Namespaced
          names: {kind: Widget, plural: widgets, singular: widget, shortNames: [wd]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
            additionalPrinterColumns:
            - {name: Size, type: integer, jsonPath: .spec.size}
            - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
            - {name: Colour, type: string, jsonPath: .spec.colour, priority: 1}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    required: [size]
                    properties:
                      size: {type: integer, description: How big it is., minimum: 1}
                      colour: {type: string}
                      replicas: {type: integer}
                  status:
                    type: object
                    properties:
                      replicas: {type: integer}
                      conditions: {type: array, items: {type: object, properties: {type: {type: string}, status: {type: string} } } }
        """;

    public static string Widget(string group, string spec) =>
        $$$"""
        apiVersion: {{{group}}}/v1
        kind: Widget
        metadata: {name: one}
        spec: {{{spec}}}
        """;

    public static string ConfigMap(string name, string data) => $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"},"data":{{{data}}} }""";
}
